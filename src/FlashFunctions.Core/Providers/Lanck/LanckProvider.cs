using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Calls by Lanck with a code of ours or from a number that the account names.</summary>
internal sealed class LanckProvider(
    LanckClient client,
    CallbackAddresses callbacks,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline) : IProvider
{
    public const string ProviderName = "lanck";

    private static readonly Carriage FlashCall = new(CodeSource.Ours, DefaultWaits.Call, TellsCaller: true, TakesCaller: true);

    public string Name => ProviderName;

    public bool IsCircuitOpen => pipeline.IsCircuitOpen;

    public Carriage? CarriageOf(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength is >= 4 and <= 6 ? FlashCall : null;

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (CarriageOf(placement.Channel, placement.Code?.Length ?? placement.CodeLength) is null
            || placement.Code?.All(char.IsAsciiDigit) == false)
        {
            return Outcomes.Refused("Lanck calls with 4 to 6 digits");
        }

        // The two exclude each other; who names the number that rings does without a code of ours.
        (string, string?)[] fields =
        [
            ("number", placement.To.E164),
            ("code", placement.From is null ? placement.Code : null),
            ("from", placement.From),
            ("callbackUrl", callbacks.For(ProviderName, placement.Attempt)),
        ];
        return await pipeline.PlaceAsync(
            placement.Attempt,
            async token => Outcomes.Place(await client.FlashCallAsync(fields, token), LanckAnswers.Taken, SharedErrors.Place),
            cancellationToken);
    }

    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (report.Reference is not { } reference || GoalOf(report.Verdict) is not { } goal)
        {
            return new ReportOutcome.Done();
        }

        return await pipeline.ReportAsync(
            report.Attempt,
            async token => Outcomes.Report(await client.SetGoalAsync(reference, goal, token), SharedErrors.Report),
            cancellationToken);
    }

    private static string? GoalOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "NUMBER_VERIFIED",
        UpstreamVerdict.LinkOpened => "LINK_OPENED",
        _ => null,
    };
}
