using System.Diagnostics;
using System.Text.Json;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>
/// One verification as the page lights it up: its eight stages, and everything that is known to have happened. Times are unix milliseconds
/// with fractions; durations are milliseconds.
/// </summary>
internal sealed record RehearsalFlowBody(
    string Id, string Status, string Result, double ExpiresAt, int AttemptsLeft,
    IReadOnlyList<RehearsalStage> Stages, IReadOnlyList<RehearsalEvent> Events);

/// <summary>One stage.</summary>
/// <param name="Name">http, tables, queue, provider, phone, webhook, check or report.</param>
/// <param name="State">waiting, running, done or failed.</param>
/// <param name="At">When it began; null before.</param>
/// <param name="Took">Null where that is not known.</param>
internal sealed record RehearsalStage(string Name, string State, double? At, double? Took, string Text);

/// <summary>One thing that happened.</summary>
/// <param name="Id">Tells it from others, also after the process was killed.</param>
/// <param name="Took">Null while it is under way and for what has no length.</param>
/// <param name="Depth">0 for what came from outside, 1 for what that did.</param>
internal sealed record RehearsalEvent(string Id, string Stage, double At, double? Took, string Text, int Depth);

/// <summary>
/// Makes the stages of a verification out of its spans, its stored request and what its phone saw. Nothing is measured here: a span that
/// was lost with a killed process leaves a stage without milliseconds.
/// </summary>
/// <param name="request">The verification as it is stored.</param>
/// <param name="spans">The spans of its trace.</param>
/// <param name="find">Finds a span of another trace.</param>
/// <param name="phone">What its phone saw.</param>
internal sealed class RehearsalFlow(
    RequestRecord request, IReadOnlyList<Activity> spans, Func<ActivityContext, Activity?> find, IReadOnlyList<RehearsalPhoneEvent> phone)
{
    private const string Dispatch = "dispatch";

    private readonly RehearsalPhoneEvent[] _phone =
    [
        .. phone.Where(item => item.At >= Milliseconds(request.CreatedAt.UtcDateTime))
            .Where(item => item.At <= Milliseconds(request.Id.DueAt.UtcDateTime))
            .OrderBy(item => item.Sequence),
    ];

    /// <summary>A time as unix milliseconds with fractions.</summary>
    public static double Milliseconds(DateTime utc) => Math.Round((utc - DateTime.UnixEpoch).TotalMilliseconds, 3);

    public RehearsalFlowBody Make()
    {
        var verification = request.Verification!;
        return new RehearsalFlowBody(
            request.Id.Text,
            ApiNames.Of(request.Status),
            RequestLife.NameOf(verification.Result),
            Milliseconds(request.Id.DueAt.UtcDateTime),
            Math.Max(0, verification.WrongLimit - verification.WrongCodes),
            [Http(), Tables(), Queue(), Provider(), Phone(), Webhook(), Check(verification), Report()],
            [.. spans.Select(EventOf).OfType<RehearsalEvent>().Concat(_phone.Select(EventOf)).OrderBy(item => item.At)]);
    }

    private RehearsalStage Http() => Last("verify") is { } verify
        ? Of("http", verify, $"POST /v1/verify, {(verify.IsStopped ? "202" : "under way")}")
        : new RehearsalStage("http", "done", Milliseconds(request.CreatedAt.UtcDateTime), null, "POST /v1/verify, 202");

    private RehearsalStage Tables()
    {
        var calls = Last("verify") is { } verify ? spans.Where(span => IsTable(span) && Owner(span) == verify).ToArray() : [];
        if (calls is [])
        {
            return new RehearsalStage("tables", "done", null, null, "the request is stored");
        }

        var tables = calls.CountBy(TableOf, StringComparer.Ordinal).Select(
            table => table.Value == 1 ? table.Key : $"{table.Key} ×{table.Value}");
        return new RehearsalStage(
            "tables",
            Array.TrueForAll(calls, call => call.IsStopped) ? "done" : "running",
            Milliseconds(calls[0].StartTimeUtc),
            Union(calls),
            $"{calls.Length} calls: {string.Join(", ", tables)}");
    }

    private RehearsalStage Queue()
    {
        var sent = Last("verify") is { } verify
            ? spans.FirstOrDefault(span => span.GetTagItem(TracedStorage.Queue) is not null && Owner(span) == verify)
            : null;
        var (at, isTaken) = (EndOf(sent), request.Attempts is not []);
        if (spans.FirstOrDefault(span => span.OperationName == Dispatch) is { } dispatch)
        {
            double? took = at is { } begin ? Length(begin, Milliseconds(dispatch.StartTimeUtc)) : null;
            return new RehearsalStage("queue", "done", at, took, "from the queue to a worker");
        }

        return sent is null && !isTaken
            ? Waiting("queue", "the job is not there yet")
            : new RehearsalStage("queue", isTaken ? "done" : "running", at, null, "the job waits for a worker");
    }

    private RehearsalStage Provider()
    {
        var attempts = request.Attempts;
        var place = Last("place");
        if (place is null)
        {
            return attempts is not [.., var latest]
                ? Waiting("provider", "not asked yet")
                : new RehearsalStage("provider", StateOf(latest), Milliseconds(latest.StartedAt.UtcDateTime), null, Describe(attempts));
        }

        var stage = Of("provider", place, attempts is [] ? "is asked" : Describe(attempts));
        return place.IsStopped && attempts is [.., var last] ? stage with { State = StateOf(last) } : stage;
    }

    private RehearsalStage Phone()
    {
        if (_phone is not [.., var last])
        {
            return Last("place") is null
                ? Waiting("phone", "silent")
                : new RehearsalStage("phone", "running", null, null, "not reached yet");
        }

        var asked = spans.LastOrDefault(span => span.OperationName == "place" && Milliseconds(span.StartTimeUtc) <= last.At);
        return new RehearsalStage(
            "phone",
            last.Arrived ? "done" : "failed",
            last.At,
            asked is null ? null : Length(Milliseconds(asked.StartTimeUtc), last.At),
            $"{TextOf(last)}, {(IsCall(last) ? "called" : "sent")} by {last.Provider}");
    }

    private RehearsalStage Webhook()
    {
        var webhooks = spans.Where(span => span.OperationName == "webhook").ToArray();
        var status = request.Attempts.LastOrDefault(attempt => attempt.Status is not null)?.Status;
        if (webhooks is [.., var last])
        {
            var text = $"{webhooks.Length} taken in{(status is { } reported ? $", the last says {ApiNames.Of(reported)}" : "")}";
            return Of("webhook", Outer(last), text) with { State = Failed(status) ? "failed" : "done" };
        }

        return status is null or TransportStatus.Sent or TransportStatus.Accepted
            ? Waiting("webhook", "none yet")
            : new RehearsalStage("webhook", Failed(status) ? "failed" : "done", null, null, ApiNames.Of(status.Value));
    }

    private RehearsalStage Check(VerificationState verification)
    {
        var text = verification.Result switch
        {
            VerificationResult.Pending when verification.WrongCodes > 0 => "wrong code",
            VerificationResult.Pending => "no code entered yet",
            _ => RequestLife.NameOf(verification.Result),
        };
        var state = verification switch
        {
            { Result: VerificationResult.Verified } => "done",
            { Result: VerificationResult.Pending, WrongCodes: 0 } => "waiting",
            _ => "failed",
        };
        return Last("check") is { } check
            ? Of("check", check, text) with { State = check.IsStopped ? state : "running" }
            : new RehearsalStage("check", state, null, null, text);
    }

    private RehearsalStage Report()
    {
        var reported = request.Attempts.Where(attempt => attempt.ReportedOutcome is not null)
            .Select(attempt => $"{attempt.Provider} was told: {Words($"{attempt.ReportedOutcome}")}")
            .ToArray();
        var text = reported is [] ? "nobody was told yet" : string.Join(", ", reported);
        if (Last("report") is { } report)
        {
            return Of("report", report, reported is [] && report.IsStopped ? "the provider has no call for it" : text);
        }

        return reported is [] ? Waiting("report", text) : new RehearsalStage("report", "done", null, null, text);
    }

    private RehearsalEvent? EventOf(Activity span)
    {
        (string Stage, string Text)? what = span.OperationName switch
        {
            "verify" => ("http", "POST /v1/verify"),
            "next" or "cancel" => ("http", $"POST /v1/verify/…/{span.OperationName}"),
            Dispatch => ("queue", "a worker takes the job from the queue and does it"),
            "place" when span.GetTagItem("outcome") is string outcome =>
                ("provider", $"{span.GetTagItem("provider")} is asked: {Words(outcome)}"),
            "place" => ("provider", "a provider is asked"),
            "webhook" => ("webhook", $"webhook of {span.GetTagItem("provider") ?? "a provider"}"),
            "check" => ("check", "POST /v1/verify/check"),
            "report" => ("report", "the outcome is reported"),
            "callback" => ("callback", "a callback is sent"),
            _ when IsTable(span) => ("tables", $"{TableOf(span)} {span.OperationName}"),
            _ when span.GetTagItem(TracedStorage.Queue) is string queue => ("queue", $"{queue} send"),
            _ => null,
        };
        if (what is not { } known)
        {
            return null;
        }

        var outer = span.OperationName == "webhook" ? Outer(span) : span;
        return new RehearsalEvent(
            span.SpanId.ToHexString(), known.Stage, Milliseconds(outer.StartTimeUtc), TookOf(outer), known.Text, IsInner(span) ? 1 : 0);
    }

    private static RehearsalEvent EventOf(RehearsalPhoneEvent item) => new(
        $"phone-{item.Sequence}", "phone", item.At, null, TextOf(item), 0);

    private static string TextOf(RehearsalPhoneEvent item) => (item.Kind, item.Arrived) switch
    {
        ("flashCall", true) => "rings",
        ("spokenCall", true) => "rings and speaks",
        (_, true) => $"shows {NounOf(item)}",
        (_, false) => $"{NounOf(item)} does not arrive",
    };

    private static string NounOf(RehearsalPhoneEvent item) =>
        IsCall(item) ? "a call" : item.Kind == "sms" ? "an SMS" : $"a {item.Kind} message";

    private static bool IsCall(RehearsalPhoneEvent item) => item.Kind.EndsWith("Call", StringComparison.Ordinal);

    private static string Describe(IReadOnlyList<AttemptRecord> attempts) => string.Join(
        ", ", attempts.Select(attempt => attempt.Provider is { } provider ? $"{provider} {Words($"{attempt.State}")}" : "step skipped"));

    private static string StateOf(AttemptRecord attempt) => attempt.State switch
    {
        AttemptState.Starting => "running",
        AttemptState.Placed => "done",
        _ => "failed",
    };

    /// <summary>“NotSent” as “not sent”.</summary>
    private static string Words(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name).Replace('-', ' ');

    private static bool Failed(TransportStatus? status) => status is TransportStatus.Undelivered or TransportStatus.Rejected;

    private static bool IsTable(Activity span) => span.GetTagItem(TracedStorage.Table) is not null;

    private static string TableOf(Activity call) => $"{call.GetTagItem(TracedStorage.Table)}";

    private bool IsInner(Activity span) =>
        span.Source.Name == TracedStorage.SourceName
        || (span.OperationName == "place" && spans.Any(outer => outer.SpanId == span.ParentSpanId));

    /// <summary>The service's span in which the store was called; null where it is not known.</summary>
    private Activity? Owner(Activity call) => spans.FirstOrDefault(span => span.SpanId == call.ParentSpanId);

    /// <summary>The call that a span was linked to, where it is known: it began earlier and ended later.</summary>
    private Activity Outer(Activity span) =>
        span.Links.Select(link => find(link.Context)).FirstOrDefault(found => found is not null) ?? span;

    private Activity? Last(string name) => spans.LastOrDefault(span => span.OperationName == name);

    private static RehearsalStage Waiting(string name, string text) => new(name, "waiting", null, null, text);

    private static RehearsalStage Of(string name, Activity span, string text) =>
        new(name, span.IsStopped ? "done" : "running", Milliseconds(span.StartTimeUtc), TookOf(span), text);

    private static double? TookOf(Activity span) => span.IsStopped ? Math.Round(span.Duration.TotalMilliseconds, 3) : null;

    private static double? EndOf(Activity? span) => span is { IsStopped: true } ? Milliseconds(span.StartTimeUtc + span.Duration) : null;

    private static double Length(double from, double to) => Math.Max(0, Math.Round(to - from, 3));

    /// <summary>How long at least one of the calls was under way.</summary>
    private static double Union(Activity[] calls)
    {
        var (length, end) = (TimeSpan.Zero, DateTime.MinValue);
        foreach (var call in calls.Where(call => call.IsStopped).OrderBy(call => call.StartTimeUtc))
        {
            var (from, to) = (call.StartTimeUtc > end ? call.StartTimeUtc : end, call.StartTimeUtc + call.Duration);
            if (to > from)
            {
                length += to - from;
                end = to;
            }
        }

        return Math.Round(length.TotalMilliseconds, 3);
    }
}
