using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Flash calls by Revicom: we choose the digits, leading zeros included.</summary>
internal sealed class RevicomProvider(
    RevicomClient client,
    CallbackAddresses callbacks,
    IOptions<RevicomOptions> options,
    [FromKeyedServices(RevicomProvider.ProviderName)] ProviderPipeline pipeline) : IProvider
{
    public const string ProviderName = "revicom";

    private readonly RevicomOptions _options = options.Value;
    private readonly Capability _flashCall = new(CodeSource.Ours, options.Value.StepWait);

    public string Name => ProviderName;

    public IReadOnlyList<string> OpenCountries => pipeline.OpenCountries;

    public bool IsCircuitOpen(string country, string? account) => pipeline.IsCircuitOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited) => pipeline.TakeTurn(hasWaited);

    public Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength >= 4 && codeLength <= _options.MaxCodeLength ? _flashCall : null;

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (placement.Code is not { } code || CapabilityFor(placement.Channel, code.Length) is null || !code.All(char.IsAsciiDigit))
        {
            return Outcomes.Refused($"Revicom calls with digits of ours, 4 to {_options.MaxCodeLength}");
        }

        var message = new RevicomMessage(
            "FLASHCALL",
            _options.SenderName,
            placement.To.Digits,
            code,
            callbacks.For(ProviderName, placement.Attempt),
            _options.EventList,
            _options.TagList is { Count: > 0 } tags ? tags : null);
        return await pipeline.PlaceAsync(
            placement,
            async token => Outcomes.Place(await client.SendAsync(message, token), RevicomAnswers.Taken, RevicomAnswers.Refused),
            cancellationToken);
    }

    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (report.Reference is not { } reference || ResultOf(report.Verdict) is not { } result)
        {
            return new ReportOutcome.Done();
        }

        var conversion = new RevicomConversion(reference, result);
        return await pipeline.ReportAsync(
            report.Attempt,
            async token => RevicomAnswers.Report(await client.ReportAsync(conversion, token)),
            cancellationToken);
    }

    private static string? ResultOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "NUMBER_VERIFIED",
        UpstreamVerdict.WrongCode => "WRONG_CODE",
        _ => null,
    };
}
