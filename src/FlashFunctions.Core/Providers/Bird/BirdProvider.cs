using System.Text.Json;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Flash calls by Bird: the code is the tail of the number that rings, ours to pick from a pool or Bird's to choose.</summary>
internal sealed class BirdProvider(
    BirdClient client, ServiceKey key, IHostEnvironment environment, IOptions<BirdOptions> options,
    [FromKeyedServices(BirdProvider.ProviderName)] ProviderPipeline pipeline)
    : PipelinedProvider(ProviderName, pipeline), ITakeReports, IChooseCallers
{
    public const string ProviderName = "bird";

    private const int ShortestRing = 3;
    private const int LongestRing = 120;

    private static readonly Capability FlashCall = new(CodeSource.CallerNumber, Capability.CallWait, TellsCaller: true, TakesCaller: true);

    private readonly BirdOptions _options = options.Value;

    public override bool IsFoundByReference => true;

    public override Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength is >= BirdPool.ShortestCode and <= BirdPool.LongestCode
            ? FlashCall with { TailDigits = _options.Digits(codeLength), MayFallShort = environment.IsDevelopment() }
            : null;

    public string? CallerFor(Placement placement) => Caller(placement)?.Digits;

    /// <summary>A prefix is shown only where the pool has every number under it: a scattered pool's prefix would name the number.</summary>
    public int ShownDigits(string caller, int codeLength) =>
        caller.Length - codeLength is > 0 and var shown && _options.Pool?.HasAllUnder(caller[..shown], codeLength) == true ? shown : 0;

    public override async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (CapabilityFor(placement.Channel, placement.CodeLength) is null || placement.Code is not null)
        {
            return Outcomes.Refused("Bird calls from its own numbers, with no digits of ours");
        }

        var caller = Caller(placement);
        var ring = Math.Clamp((int)Math.Ceiling(placement.RingTimeout.TotalSeconds), ShortestRing, LongestRing);
        var call = new CreateFlashCall(placement.To.E164, caller?.E164, ring);
        var outcome = await PlaceAsync(
            placement,
            token => client.CreateAsync(call, token),
            answer => BirdAnswers.Taken(answer, caller),
            BirdAnswers.Refused,
            cancellationToken);
        return outcome is PlaceOutcome.Unclear unclear ? unclear with { From = caller?.Digits } : outcome;
    }

    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (ResultOf(report.Verdict) is not { } result || Ending(report, result) is not { } end)
        {
            return new ReportOutcome.Done();
        }

        return await Pipeline.ReportAsync(
            report.Attempt, async token => Outcomes.Report(await end(token), BirdAnswers.ReportRefused), cancellationToken);
    }

    // Without an id (its answer was unclear) the call is named by its two numbers, and ours is picked again as it was then.
    private Func<CancellationToken, Task<Exchange>>? Ending(UpstreamReport report, string result) =>
        report.Reference is { } id ? token => client.EndAsync(id, new HangupFlashCall(result), token)
        : Picked(report.Attempt) is { } caller
            ? token => client.EndAsync(new HangupFlashCallFromTo(caller.E164, report.To.E164, result), token)
        : null;

    private PhoneNumber? Caller(Placement placement) => Asked(placement.From) ?? Picked(placement.Attempt);

    private PhoneNumber? Picked(AttemptKey attempt) => _options.Pool?.Pick(key.Hash("bird caller", attempt.RequestId, $"{attempt.Number}"));

    private static PhoneNumber? Asked(string? from) =>
        ProviderText.Digits(from) is { } digits && PhoneNumber.TryParse($"+{digits}", null, out var number) ? number : null;

    private static string? ResultOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "verified",
        UpstreamVerdict.WrongCode => "wrong_cli",
        UpstreamVerdict.Timeout => "timeout",
        UpstreamVerdict.Canceled => "canceled",
        _ => null,
    };
}

internal static class BirdAnswers
{
    private const string Destination = "to";

    // Assumed: where a 400's details name a field as a value, it is under one of these.
    private static readonly string[] FieldNames = ["field", "path", "pointer", "property", "param", "parameter", "name"];

    /// <summary>The code is the tail of the <c>from</c> in the answer; without one there, of the number that we asked for.</summary>
    public static PlaceOutcome Taken(Exchange.Answered answer, PhoneNumber? asked) =>
        LooseJson.TryRead(answer.Body.Span, BirdJson.Default.BirdCall) is { Id: { } id } call
        && (ProviderText.Digits(call.From) ?? asked?.Digits) is { } from
            ? new PlaceOutcome.Accepted(id, from)
            : Outcomes.Unreadable(answer);

    public static PlaceOutcome Refused(Exchange.Answered answer)
    {
        var error = Error(answer);
        return answer.Status switch
        {
            401 or 403 or 404 => Outcomes.Account(Reason(answer, error)),
            400 or 422 when error is not null && NamesDestination(error.Details) => new PlaceOutcome.Rejected("invalid number"),
            _ => Outcomes.Refused(Reason(answer, error)),
        };
    }

    public static ReportOutcome ReportRefused(Exchange.Answered answer) =>
        Outcomes.ReportRefused(answer.Status, Reason(answer, Error(answer)));

    private static BirdError? Error(Exchange.Answered answer) => LooseJson.TryRead(answer.Body.Span, BirdJson.Default.BirdError);

    private static bool NamesDestination(JsonElement details) => details.ValueKind switch
    {
        JsonValueKind.Object => details.EnumerateObject().Any(member => IsDestination(member.Name)
            || (FieldNames.Contains(member.Name, StringComparer.OrdinalIgnoreCase)
                && member.Value.ValueKind == JsonValueKind.String && IsDestination(member.Value.GetString()!))
            || NamesDestination(member.Value)),
        JsonValueKind.Array => details.EnumerateArray().Any(NamesDestination),
        _ => false,
    };

    // A JSON path, pointer or bare name: $.to, $['to'], /to, body.to, to.
    private static bool IsDestination(string path) =>
        path.Split(['.', '/', '[', ']', '\'', '"'], StringSplitOptions.RemoveEmptyEntries) is [.., var last]
        && last.Equals(Destination, StringComparison.OrdinalIgnoreCase);

    private static string Reason(Exchange.Answered answer, BirdError? error) =>
        $"HTTP {answer.Status} {ProviderText.Letters(error?.Code)}".TrimEnd();
}
