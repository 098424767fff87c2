using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>
/// “What an unclear answer means”, for every provider: no connection, 429 and 503 are certainly not sent; silence after the request left,
/// any other 5xx and a success that cannot be read are unclear. What a success and a refusal say is each provider's own.
/// </summary>
internal static class Outcomes
{
    public static PlaceOutcome Place(
        Exchange exchange, Func<Exchange.Answered, PlaceOutcome> taken, Func<Exchange.Answered, PlaceOutcome> refused) => exchange switch
        {
            Exchange.NeverLeft failure => new PlaceOutcome.NotSent(failure.Reason),
            Exchange.Lost failure => new PlaceOutcome.Unclear(failure.Reason),
            Exchange.Answered { Status: 429 } answer =>
                new PlaceOutcome.NotSent($"HTTP {answer.Status}", answer.RetryAfter, NotSentKind.Busy),
            Exchange.Answered { Status: 503 } answer => new PlaceOutcome.NotSent($"HTTP {answer.Status}", answer.RetryAfter),
            Exchange.Answered { IsSuccess: true } answer => taken(answer),
            // Assumed: a permanent redirect did nothing but name another address, so our configured one is wrong.
            Exchange.Answered { Status: 301 or 307 or 308 } answer => Account($"HTTP {answer.Status}: the base address has moved"),
            // Assumed: gateways use 408 for an upstream that was slow, which may have acted.
            Exchange.Answered { Status: not 408 and >= 400 and <= 499 } answer => refused(answer),
            Exchange.Answered answer => new PlaceOutcome.Unclear($"HTTP {answer.Status}"),
            _ => throw new UnreachableException(),
        };

    public static ReportOutcome Report(Exchange exchange, Func<Exchange.Answered, ReportOutcome> refused) => exchange switch
    {
        Exchange.NeverLeft failure => new ReportOutcome.Retry(failure.Reason),
        Exchange.Lost failure => new ReportOutcome.Retry(failure.Reason),
        Exchange.Answered { IsSuccess: true } => new ReportOutcome.Done(),
        Exchange.Answered { Status: 408 or 429 or >= 500 or (>= 300 and <= 399) } answer =>
            new ReportOutcome.Retry($"HTTP {answer.Status}", answer.RetryAfter),
        Exchange.Answered answer => refused(answer),
        _ => throw new UnreachableException(),
    };

    /// <summary>A report that was refused, where only credentials can be put right while the queue tries again.</summary>
    public static ReportOutcome ReportRefused(int status, string reason) => status is 401 or 403
        ? new ReportOutcome.Retry(reason, NeedsOperator: true)
        : new ReportOutcome.Failed(reason);

    /// <summary>A success whose body lacks what it must say.</summary>
    public static PlaceOutcome Unreadable(Exchange.Answered answer) =>
        new PlaceOutcome.Unclear($"HTTP {answer.Status} that cannot be read");

    public static PlaceOutcome Account(string reason) => new PlaceOutcome.NotSent(reason, Kind: NotSentKind.Account);

    public static PlaceOutcome Refused(string reason) => new PlaceOutcome.NotSent(reason, Kind: NotSentKind.Refused);
}

/// <summary>The error table that Unibell and Lanck share, and what an error of it means for a call or message.</summary>
internal static class SharedErrors
{
    public const int InvalidNumber = 11;

    public static PlaceOutcome Place(Exchange.Answered answer)
    {
        var code = CodeOf(answer);
        return code == InvalidNumber
            ? new PlaceOutcome.Rejected("invalid number")
            : new PlaceOutcome.NotSent(Reason(answer, code), answer.RetryAfter, KindOf(answer.Status, code));
    }

    /// <summary>Credentials, balance and rate can be put right while the queue tries again; nothing else can.</summary>
    public static ReportOutcome Report(Exchange.Answered answer)
    {
        var code = CodeOf(answer);
        var kind = KindOf(answer.Status, code);
        return kind == NotSentKind.Refused
            ? new ReportOutcome.Failed(Reason(answer, code))
            : new ReportOutcome.Retry(Reason(answer, code), answer.RetryAfter, NeedsOperator: kind == NotSentKind.Account);
    }

    public static long? CodeOf(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, SharedErrorJson.Default.SharedError)?.ErrorCode;

    public static string Reason(Exchange.Answered answer, long? code) => code is null ? $"HTTP {answer.Status}" : $"errorCode {code}";

    private static NotSentKind KindOf(int status, long? code) => code switch
    {
        1 or 2 or 5 or 6 => NotSentKind.Account,
        4 => NotSentKind.Busy,
        10 or 16 => NotSentKind.Refused,
        _ => status is 401 or 402 or 403 ? NotSentKind.Account : NotSentKind.Refused,
    };
}

internal sealed record SharedError(long? ErrorCode);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, AllowTrailingCommas = true, Converters = [typeof(LooseNumber)])]
[JsonSerializable(typeof(SharedError))]
internal sealed partial class SharedErrorJson : JsonSerializerContext;

/// <summary>The call statuses of Unibell's document, which Lanck's callbacks use too.</summary>
internal static class CallStatuses
{
    public static TransportStatus? Of(string? status) => OutcomeOf(status) switch
    {
        CallOutcome.Answered or CallOutcome.Rang or CallOutcome.Declined => TransportStatus.Delivered,
        CallOutcome.Unreachable or CallOutcome.Refused => TransportStatus.Undelivered,
        _ => null,
    };

    /// <summary>What became of the call, or null for a status that is not in the document.</summary>
    public static CallOutcome? OutcomeOf(string? status) => status?.ToUpperInvariant() switch
    {
        // Assumed: the document's table leaves the cells of all but ANSWERED and REJECTED empty; each is read as merged with the one above.
        "ANSWERED" => CallOutcome.Answered,
        "TERMINATED" => CallOutcome.Rang,
        "BUSY_HERE" => CallOutcome.Declined,
        "REJECTED" or "UNAVAILABLE" => CallOutcome.Unreachable,
        "FORBIDDEN" => CallOutcome.Refused,
        _ => null,
    };
}
