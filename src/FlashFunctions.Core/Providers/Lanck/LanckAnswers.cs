using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>What Lanck's answers mean. Refusals are the shared error table.</summary>
internal static class LanckAnswers
{
    public static PlaceOutcome Taken(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckTaken) is { RequestId: { } reference } taken
            ? new PlaceOutcome.Accepted(reference, ProviderText.Digits(taken.From))
            : Outcomes.Unreadable(answer);
}
