using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Calls and messages by Lanck, with a code or text of ours, or from a number that the account names.</summary>
internal sealed class LanckProvider(
    LanckClient client,
    LanckFailover failover,
    LanckRequests requests,
    LanckInsight insight,
    LanckGoals goals,
    CallbackAddresses callbacks,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline) : IProvider
{
    public const string ProviderName = "lanck";

    private static readonly Capability FlashCall = new(CodeSource.Ours, DefaultWaits.Call, TellsCaller: true, TakesCaller: true);
    private static readonly Capability Message = new(CodeSource.Ours, DefaultWaits.Message);

    public string Name => ProviderName;

    public IReadOnlyList<string> OpenCountries => pipeline.OpenCountries;

    public bool IsCircuitOpen(string country, string? account) => pipeline.IsCircuitOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited) => pipeline.TakeTurn(hasWaited);

    public bool KnowsNumbers => true;

    /// <summary>Calls with a code carry 4 to 6 digits; a text carries whatever is written in it.</summary>
    public Capability? CapabilityFor(Channel channel, int codeLength) => channel switch
    {
        Channel.Call => codeLength is >= 4 and <= 6 ? FlashCall : null,
        Channel.Voice => codeLength is >= 4 and <= 6 ? Message : null,
        Channel.Sms or Channel.Push or Channel.Viber or Channel.Rcs or Channel.Speech or Channel.Flow => Message,
        _ => null,
    };

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (placement.Channel == Channel.Flow)
        {
            return await failover.SendAsync(placement, cancellationToken);
        }

        if (LanckOperation.For(placement, callbacks.For(ProviderName, placement.Attempt)) is not { } operation)
        {
            return Outcomes.Refused($"Lanck cannot carry this {placement.Channel}: its code, text or language");
        }

        return await pipeline.PlaceAsync(
            placement,
            async token => Outcomes.Place(await client.PlaceAsync(operation, token), LanckAnswers.Taken, SharedErrors.Place),
            cancellationToken);
    }

    public async Task<ProviderEvent?> ReadAsync(string reference, CancellationToken cancellationToken) =>
        await requests.ReadAsync(reference, cancellationToken) is LanckRequestReading.Found found
            ? new ProviderEvent(ProviderName, Attempt: null, reference, found.Status, found.RawStatus, At: null, found.MccMnc, IsAnswered: CallStatuses.IsAnswered(found.RawStatus))
            : null;

    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        goals.ReportAsync(report, cancellationToken);

    public Task<Insight<HlrReading>> LookUpAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        insight.HlrAsync(number, cancellationToken);

    public Task<Insight<FraudReading>> FraudCheckAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        insight.FraudCheckAsync(number, cancellationToken);
}
