using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Queues the jobs of requests again to which nothing has happened by the time that it should have (<see cref="Deadlines"/>): a host died,
/// and the queue hides what it was at. One job too many does no harm, since every step and every try is claimed before it is made.
/// </summary>
public sealed partial class StalledRequests(
    RequestStore store, RequestChanges changes, StepQueue steps, ReportQueue reports, CallbackQueue callbacks, SweepRunner runner,
    TimeProvider time, ILogger<StalledRequests> logger)
{
    /// <summary>Takes up what stands still; false where the next run has to come back to some of it, as it does anyway.</summary>
    public async Task<bool> TakeUpAsync(CancellationToken cancellationToken)
    {
        var results = await runner.ForEachShardAsync("look through", LookAsync, cancellationToken);
        return !results.Contains(SweepResult.Again);
    }

    private async Task LookAsync(int shard, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await foreach (var page in TableUpdates.PagesAsync(next => store.QueryStalledAsync(shard, now, next, cancellationToken)))
        {
            await runner.ForEachRowAsync(
                "take up", page.Rows, (row, token) => TakeUpAsync(store.Read(page.Rows[row]), token), cancellationToken);
        }
    }

    private async Task TakeUpAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored, request => Deadlines.Earliest(request) <= now ? request with { RequeuedAt = now } : request, cancellationToken);
        if (!change.Changed)
        {
            return;
        }

        var request = change.After.Value;
        Log.TakenUp(logger, request.Id);
        using var span = RequestTrace.Join("take up", request);
        if (Deadlines.StepOf(request) is { } step && step.At <= now)
        {
            await QueueAsync(request, step, now, cancellationToken);
        }

        if (Deadlines.ReportAt(request) <= now)
        {
            await reports.SendAsync(request, cancellationToken);
        }

        if (Deadlines.CallbackAt(request) <= now)
        {
            await callbacks.SendAsync(request, TimeSpan.Zero, cancellationToken);
        }
    }

    /// <summary>A step that waits for its turn had two messages; neither may have been set.</summary>
    private async Task QueueAsync(RequestRecord request, OverdueStep step, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var waiting = step.Cause == StepCause.TurnCame ? request.Waiting : null;
        if (waiting?.Until is { } next)
        {
            await steps.SendAsync(request.Id, waiting.Step + 1, StepCause.WaitPassed, next - now, cancellationToken);
        }

        await steps.SendAsync(request.Id, step.Step, step.Cause, TimeSpan.Zero, cancellationToken, turn: waiting?.Turn);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Nothing has happened to {RequestId} by the time that it should have; its job is queued again")]
        public static partial void TakenUp(ILogger logger, RequestId requestId);
    }
}
