using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Hands a whole failover flow to Lanck, which goes from message to message by itself.</summary>
internal sealed class LanckFailover(
    LanckClient client,
    CallbackAddresses callbacks,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    private static readonly Dictionary<Channel, string> Types = new()
    {
        [Channel.Push] = "push",
        [Channel.Viber] = "viber",
        [Channel.Rcs] = "rcs",
        [Channel.Sms] = "sms",
    };

    public async Task<PlaceOutcome> SendAsync(
        AttemptKey attempt, PhoneNumber to, IReadOnlyList<FailoverStep> steps, CancellationToken cancellationToken)
    {
        if (steps.Count == 0 || steps.Any(step => !Types.ContainsKey(step.Channel)))
        {
            return Outcomes.Refused("a failover flow is of push, Viber, RCS and SMS messages");
        }

        var flow = new LanckFlow(to.E164, [.. steps.Select(Step)], callbacks.For(LanckProvider.ProviderName, attempt));
        return await pipeline.PlaceAsync(
            attempt,
            async token => Outcomes.Place(await client.FailoverAsync(flow, token), LanckAnswers.Taken, SharedErrors.Place),
            cancellationToken);
    }

    private static LanckFlowStep Step(FailoverStep step) => new(
        Types[step.Channel],
        step.Message,
        step.Wait is { } wait ? new LanckFlowFailover((int)wait.TotalSeconds, step.UntilRead ? "read" : "delivered") : null);
}

/// <summary>One message of a failover flow.</summary>
/// <param name="Channel">Push, Viber, RCS or SMS.</param>
/// <param name="Message">What it says.</param>
/// <param name="Wait">How long to wait for it before the next; null for the last.</param>
/// <param name="UntilRead">Wait for it to be read, not only to be delivered.</param>
internal sealed record FailoverStep(Channel Channel, FailoverMessage Message, TimeSpan? Wait = null, bool UntilRead = false);

/// <summary>A message of a failover flow, in the source document's words.</summary>
internal sealed record FailoverMessage(
    string Text,
    string? From = null,
    string? Title = null,
    string? ButtonCaption = null,
    string? ButtonActionUrl = null,
    string? ImageUrl = null);
