using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

/// <summary>A job: report the outcome of a request to the providers that placed something for it.</summary>
/// <param name="Trace">W3C trace context of the change that it follows from.</param>
/// <param name="Due">When it is to be handled, in unix milliseconds.</param>
public sealed record ReportJob(string Request, int Tries = 0, string? Trace = null, long? Due = null);

public sealed class ReportQueue([FromKeyedServices(QueueNames.Reports)] IWorkQueue queue, TimeProvider time)
{
    public Task SendAsync(ReportJob job, TimeSpan delay, CancellationToken cancellationToken)
    {
        var due = job with { Trace = job.Trace ?? Telemetry.Trace.Context, Due = (time.GetUtcNow() + delay).ToUnixTimeMilliseconds() };
        return queue.SendAsync(JsonSerializer.Serialize(due, ReportJobJson.Default.ReportJob), delay, cancellationToken);
    }

    /// <summary>Queues the reports of a request at once, in its trace.</summary>
    public Task SendAsync(RequestRecord request, CancellationToken cancellationToken) =>
        SendAsync(new ReportJob(request.Id.Text, Trace: RequestTrace.ContextOf(request)), TimeSpan.Zero, cancellationToken);

    /// <summary>A report that was given up, as operators see and retry it.</summary>
    public static DeadLetter DeadLetterOf(RequestId request, string account, string reason) => new()
    {
        Account = account,
        Kind = "report",
        Request = request.Text,
        Reason = reason,
        Queue = QueueNames.Reports,
        Message = JsonSerializer.Serialize(new ReportJob(request.Text), ReportJobJson.Default.ReportJob),
    };

    /// <summary>Reads a queue message.</summary>
    /// <exception cref="JsonException">It is no job; the queue's poison handling takes it.</exception>
    public static ReportJob Read(string message) =>
        JsonSerializer.Deserialize(message, ReportJobJson.Default.ReportJob) is { } job && RequestId.TryParse(job.Request, null, out _)
            ? job
            : throw new JsonException("A job of no request.");
}

/// <summary>
/// Reports an outcome to every provider that placed an attempt, and remembers which have taken it, so that a second delivery of the job
/// reports to none of them twice. What is not taken is tried again with growing delays for about an hour, then given up as a dead letter.
/// </summary>
public sealed partial class OutcomeReporter(
    RequestStore store, RequestChanges changes, Routing routing, ReportQueue queue, DeadLetters letters, TimeProvider time,
    ILogger<OutcomeReporter> logger)
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(45),
    ];

    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);

    public async Task RunAsync(ReportJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Reports, job.Due, time.GetUtcNow());
        if (!RequestId.TryParse(job.Request, null, out var id) || await store.ReadAsync(id, cancellationToken) is not { } stored)
        {
            return;
        }

        // A report that a provider took is recorded even if the host stops meanwhile: otherwise it would be sent twice.
        var untilDone = CancellationToken.None;
        var taken = new List<(int Number, UpstreamVerdict Verdict)>();
        TimeSpan? earliest = null;
        var asked = false;
        foreach (var due in UpstreamVerdicts.Due(stored.Value).ToArray())
        {
            if (await ReportAsync(stored.Value, due.Number, due.Verdict, untilDone) is ReportOutcome.Retry retry)
            {
                earliest = earliest > retry.RetryAfter ? earliest : retry.RetryAfter ?? earliest ?? TimeSpan.Zero;
                asked |= !retry.IsOurs;
            }
            else
            {
                taken.Add(due);
            }
        }

        // A report that only our own limits held up does not count as a try.
        var delay = asked ? DelayOf(job, earliest ?? TimeSpan.Zero) : earliest;
        var isGivenUp = earliest is not null && delay is null;
        var next = isGivenUp ? stored.Value.Id.DueAt + Deadlines.Reach : time.GetUtcNow() + delay;
        await changes.UpdateAsync(
            stored,
            request => taken.Aggregate(
                next is null ? request : request with { ReportAt = next },
                (current, report) => UpstreamVerdicts.NoteReported(current, report.Number, report.Verdict)),
            untilDone);
        if (delay is { } wait)
        {
            await queue.SendAsync(asked ? job with { Tries = job.Tries + 1 } : job, wait, untilDone);
        }
        else if (isGivenUp)
        {
            Log.GivenUp(logger, job.Request);
            await letters.AddAsync(
                ReportQueue.DeadLetterOf(stored.Value.Id, stored.Value.Account, "The provider did not take it within an hour."), untilDone);
        }
    }

    /// <summary>Reports what is due of a request that is about to be deleted: nothing is noted, and nothing is tried again.</summary>
    internal async Task ReportOnceAsync(RequestRecord request, IReadOnlyList<(int Number, UpstreamVerdict Verdict)> due)
    {
        foreach (var (number, verdict) in due)
        {
            await ReportAsync(request, number, verdict, CancellationToken.None);
        }
    }

    private async Task<ReportOutcome> ReportAsync(
        RequestRecord request, int number, UpstreamVerdict verdict, CancellationToken cancellationToken)
    {
        var attempt = request.Attempts[number];
        if (attempt.State == AttemptState.Starting && time.GetUtcNow() - attempt.StartedAt < AnswerTime)
        {
            return new ReportOutcome.Retry("The provider has not answered yet.");
        }

        if (attempt.Provider is null || routing.Find(attempt.Provider) is not { } provider)
        {
            return new ReportOutcome.Failed("The provider is not configured any more.");
        }

        if (provider is not ITakeReports reports)
        {
            return new ReportOutcome.Done();
        }

        var report = new UpstreamReport(new AttemptKey(request.Id.Text, number), attempt.Reference, request.Number, verdict);
        var outcome = await reports.ReportAsync(report, cancellationToken);
        if (outcome is ReportOutcome.Failed failed)
        {
            Log.NotTaken(logger, request.Id, provider.Name, failed.Reason);
        }

        return outcome;
    }

    /// <summary>When it is tried again; null where it is given up.</summary>
    private static TimeSpan? DelayOf(ReportJob job, TimeSpan atEarliest) =>
        job.Tries >= Delays.Length ? null : Delays[job.Tries] > atEarliest ? Delays[job.Tries] : atEarliest;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outcome of {RequestId} was refused by {Provider}: {Reason}")]
        public static partial void NotTaken(ILogger logger, RequestId requestId, string provider, string reason);

        [LoggerMessage(2, LogLevel.Error, "The outcome of {RequestId} could not be reported within an hour; given up")]
        public static partial void GivenUp(ILogger logger, string requestId);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ReportJob))]
internal sealed partial class ReportJobJson : JsonSerializerContext;
