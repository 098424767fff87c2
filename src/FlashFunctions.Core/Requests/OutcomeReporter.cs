using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// Reports an outcome to every provider that placed an attempt, and remembers which have taken it, so that a second
/// delivery of the job tells nobody twice. What is not taken is tried again with growing delays for about an hour.
/// </summary>
public sealed partial class OutcomeReporter(
    RequestStore store, RequestChanges changes, Routing routing, ReportQueue queue, TimeProvider time, ILogger<OutcomeReporter> logger)
{
    private static readonly TimeSpan[] Delays =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(45),
    ];

    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);

    /// <summary>Works one job off.</summary>
    public async Task RunAsync(ReportJob job, CancellationToken cancellationToken)
    {
        Meters.Handled(QueueNames.Reports, job.Due, time.GetUtcNow());
        if (!RequestId.TryParse(job.Request, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || UpstreamVerdicts.Of(stored.Value) is not { } verdict)
        {
            return;
        }

        var told = new List<int>();
        var again = false;
        foreach (var (number, attempt) in stored.Value.Attempts.Index().Where(entry => IsDue(entry.Item, verdict)))
        {
            var outcome = await TellAsync(stored.Value, number, attempt, verdict, cancellationToken);
            again |= outcome is ReportOutcome.Retry;
            if (outcome is not ReportOutcome.Retry)
            {
                told.Add(number);
            }
        }

        if (told.Count > 0)
        {
            await changes.ApplyAsync(stored, request => AttemptTransitions.Reported(request, told, verdict), cancellationToken);
        }

        if (again)
        {
            await QueueAgainAsync(job, cancellationToken);
        }
    }

    /// <summary>Whether an attempt still has to be reported on.</summary>
    public static bool IsDue(AttemptRecord attempt, UpstreamVerdict verdict) =>
        attempt.MayHaveReachedThePhone && attempt.Reported != verdict;

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

    private async Task QueueAgainAsync(ReportJob job, CancellationToken cancellationToken)
    {
        if (job.Tries >= Delays.Length)
        {
            Log.GivenUp(logger, job.Request);
            return;
        }

        await queue.SendAsync(job with { Tries = job.Tries + 1 }, Delays[job.Tries], cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outcome of {RequestId} was refused by {Provider}: {Reason}")]
        public static partial void NotTaken(ILogger logger, RequestId requestId, string provider, string reason);

        [LoggerMessage(2, LogLevel.Error, "The outcome of {RequestId} could not be reported within an hour; given up")]
        public static partial void GivenUp(ILogger logger, string requestId);
    }
}
