using System.Globalization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Flash calls by Bird: the code is the tail of the number that rings, ours to pick from a pool or Bird's to choose.</summary>
internal sealed class BirdProvider(
    BirdClient client,
    ServiceKey key,
    BirdEntropy entropy,
    IHostEnvironment environment,
    IOptions<BirdOptions> options,
    [FromKeyedServices(BirdProvider.ProviderName)] ProviderPipeline pipeline) : IProvider
{
    public const string ProviderName = "bird";

    private const int ShortestRing = 3;
    private const int LongestRing = 120;

    private static readonly Capability FlashCall = new(CodeSource.CallerNumber, DefaultWaits.Call, TellsCaller: true, TakesCaller: true);

    private readonly IReadOnlyList<PhoneNumber> _pool = options.Value.Pool ?? [];

    private readonly Lazy<IReadOnlySet<(string Prefix, int Tail)>> _fullPrefixes =
        new(() => CallerNumberPool.FullPrefixes(options.Value.Pool ?? [], BirdEntropy.ShortestCode, BirdEntropy.LongestCode));

    public string Name => ProviderName;

    public IReadOnlyList<string> OpenCountries => pipeline.OpenCountries;

    public bool IsCircuitOpen(string country, string? account) => pipeline.IsCircuitOpen(country, account);

    public ProviderTurn TakeTurn(bool hasWaited) => pipeline.TakeTurn(hasWaited);

    public bool IsFoundByReference => true;

    public Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength is >= BirdEntropy.ShortestCode and <= BirdEntropy.LongestCode
            ? FlashCall with { TailDigits = entropy.Digits(codeLength), MayFallShort = environment.IsDevelopment() }
            : null;

    public string? CallerFor(Placement placement) => Caller(placement)?.Digits;

    /// <summary>A prefix is shown only where the pool has every number under it: a scattered pool's prefix would name the number.</summary>
    public int ShownDigits(string caller, int codeLength)
    {
        var shown = caller.Length - codeLength;
        return shown > 0 && _fullPrefixes.Value.Contains((caller[..shown], codeLength)) ? shown : 0;
    }

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (CapabilityFor(placement.Channel, placement.CodeLength) is null || placement.Code is not null)
        {
            return Outcomes.Refused("Bird calls from its own numbers, with no digits of ours");
        }

        var caller = Caller(placement);
        var call = new CreateFlashCall(placement.To.E164, caller?.E164, RingSeconds(placement.RingTimeout));
        var outcome = await pipeline.PlaceAsync(
            placement,
            async token => Outcomes.Place(
                await client.CreateAsync(call, token),
                answer => BirdAnswers.Taken(answer, caller),
                BirdAnswers.Refused),
            cancellationToken);
        return outcome is PlaceOutcome.Unclear unclear ? unclear with { From = caller?.Digits } : outcome;
    }

    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (ResultOf(report.Verdict) is not { } result || Ending(report, result) is not { } end)
        {
            return new ReportOutcome.Done();
        }

        return await pipeline.ReportAsync(
            report.Attempt, async token => Outcomes.Report(await end(token), BirdAnswers.ReportRefused), cancellationToken);
    }

    // Without an id (its answer was unclear) the call is named by its two numbers, and ours is picked again as it was then.
    private Func<CancellationToken, Task<Exchange>>? Ending(UpstreamReport report, string result) =>
        report.Reference is { } id ? token => client.EndAsync(id, new HangupFlashCall(result), token)
        : Picked(report.Attempt) is { } caller
            ? token => client.EndAsync(new HangupFlashCallFromTo(caller.E164, report.To.E164, result), token)
        : null;

    private PhoneNumber? Caller(Placement placement) => Asked(placement.From) ?? Picked(placement.Attempt);

    private PhoneNumber? Picked(AttemptKey attempt) => _pool.Count == 0
        ? null
        : CallerNumberPool.Pick(
            _pool, key.Hash("bird caller", attempt.RequestId, attempt.Number.ToString(CultureInfo.InvariantCulture)));

    private static PhoneNumber? Asked(string? from) =>
        ProviderText.Digits(from) is { } digits && PhoneNumber.TryParse($"+{digits}", null, out var number) ? number : null;

    private static int RingSeconds(TimeSpan ring) => Math.Clamp((int)Math.Ceiling(ring.TotalSeconds), ShortestRing, LongestRing);

    private static string? ResultOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "verified",
        UpstreamVerdict.WrongCode => "wrong_cli",
        UpstreamVerdict.Timeout => "timeout",
        UpstreamVerdict.Canceled => "canceled",
        _ => null,
    };
}
