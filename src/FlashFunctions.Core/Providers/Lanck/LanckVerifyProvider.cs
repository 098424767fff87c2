using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Lanck's own verification, under a provider's name of its own: it makes the code and checks it. Only a step or a routing order that
/// names it comes to it.
/// </summary>
internal sealed class LanckVerifyProvider(
    LanckVerification verification,
    LanckGoals goals,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline) : IProvider
{
    public const string ProviderName = "lanck-verify";

    private static readonly Capability Call = new(CodeSource.Provider, DefaultWaits.Call);
    private static readonly Capability Message = new(CodeSource.Provider, DefaultWaits.Message);

    public string Name => ProviderName;

    public IReadOnlyList<string> OpenCountries => pipeline.OpenCountries;

    public bool IsCircuitOpen(string country, string? account) => pipeline.IsCircuitOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited) => pipeline.TakeTurn(hasWaited);

    public bool OnlyWhenNamed => true;

    public Capability? CapabilityFor(Channel channel, int codeLength) => channel switch
    {
        _ when codeLength is < 4 or > 6 => null,
        Channel.Call => Call,
        Channel.Sms or Channel.Voice => Message,
        _ => null,
    };

    public Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken) =>
        verification.StartAsync(placement, cancellationToken);

    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        goals.ReportAsync(report, cancellationToken);

    public Task<DelegatedCheck> CheckAsync(string reference, string code, CancellationToken cancellationToken) =>
        verification.CheckAsync(reference, code, cancellationToken);
}
