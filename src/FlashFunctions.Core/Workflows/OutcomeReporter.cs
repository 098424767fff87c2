using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Reports an outcome to every provider that placed an attempt, and remembers which have taken it, so that a second
/// delivery of the job tells nobody twice. What is not taken is tried again with growing delays for about an hour, then given up as a dead letter.
/// </summary>
public sealed partial class OutcomeReporter(
    RequestStore store, RequestChanges changes, Routing routing, ReportQueue queue, DeadLetters letters, TimeProvider time, ILogger<OutcomeReporter> logger)
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(45),
    ];

    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);

    /// <summary>Processes one job.</summary>
    public async Task RunAsync(ReportJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Reports, job.Due, time.GetUtcNow());
        if (!RequestId.TryParse(job.Request, null, out var id) || await store.ReadAsync(id, cancellationToken) is not { } stored)
        {
            return;
        }

        // What a provider was told is written down also where the host stops meanwhile: it would be told twice.
        var untilDone = CancellationToken.None;
        var told = new List<(int Number, UpstreamVerdict Verdict)>();
        TimeSpan? again = null;
        var asked = false;
        foreach (var due in UpstreamVerdicts.Due(stored.Value).ToArray())
        {
            if (await TellAsync(stored.Value, due.Number, stored.Value.Attempts[due.Number], due.Verdict, untilDone) is ReportOutcome.Retry retry)
            {
                again = again > retry.RetryAfter ? again : retry.RetryAfter ?? again ?? TimeSpan.Zero;
                asked |= !retry.IsOurs;
            }
            else
            {
                told.Add(due);
            }
        }

        // What our own limits held up is not a try.
        var delay = again is { } atEarliest ? asked ? DelayOf(job, atEarliest) : atEarliest : null;
        var next = again is null ? null : (DateTimeOffset?)(delay is null ? stored.Value.Id.DueAt + Attendance.Reach : time.GetUtcNow() + delay);
        await changes.UpdateAsync(
            stored,
            request => told.Aggregate(
                next is null ? request : request with { ReportAt = next },
                (current, report) => AttemptTransitions.Reported(current, report.Number, report.Verdict)),
            untilDone);
        if (delay is { } wait)
        {
            await queue.SendAsync(asked ? job with { Tries = job.Tries + 1 } : job, wait, untilDone);
        }
        else if (again is not null)
        {
            Log.GivenUp(logger, job.Request);
            await letters.AddAsync(
                ReportQueue.DeadLetterOf(stored.Value.Id, stored.Value.Account, "The provider did not take it within an hour."), untilDone);
        }
    }

    private async Task<ReportOutcome> TellAsync(
        RequestRecord request, int number, AttemptRecord attempt, UpstreamVerdict verdict, CancellationToken cancellationToken)
    {
        if (attempt.State == AttemptState.Starting && time.GetUtcNow() - attempt.StartedAt < AnswerTime)
        {
            return new ReportOutcome.Retry("The provider has not answered yet.");
        }

        if (attempt.Provider is null || routing.Find(attempt.Provider) is not { } provider)
        {
            return new ReportOutcome.Failed("The provider is not configured any more.");
        }

        var report = new UpstreamReport(new AttemptKey(request.Id.Text, number), attempt.Reference, request.Number, verdict);
        var outcome = await provider.ReportAsync(report, cancellationToken);
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
