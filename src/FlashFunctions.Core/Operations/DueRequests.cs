using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Operations;

/// <summary>What became of some minutes.</summary>
/// <param name="Done">The minute up to which nothing has to be done again.</param>
/// <param name="Lessons">What the requests of the minutes up to that one taught of their routes.</param>
public sealed record SweptMinutes(long Done, IReadOnlyDictionary<long, RouteLessons> Lessons);

/// <summary>
/// Ends the requests whose minutes have passed, queues again what is unreported or untold of those that ended before, and writes the
/// minutes' statistics. One range query a shard, however many minutes that is.
/// </summary>
public sealed partial class DueRequests(
    RequestStore store, RequestIndex index, RequestChanges changes, ReportQueue reports, RequestSideEffects sideEffects,
    StatisticsStore statistics, SweepRunner runner, TimeProvider time, ILogger<DueRequests> logger)
{
    /// <summary>
    /// A report that was queued this recently may be on its way. Shorter than a minute, after which a sweep that failed is repeated.
    /// </summary>
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(30);

    /// <summary>Ends what is due in the minutes from the first to the last.</summary>
    public async Task<SweptMinutes> EndAsync(long first, long last, CancellationToken cancellationToken)
    {
        // A shard that fails is gone through again from the first minute on.
        var shards = Enumerable.Range(0, TableKeys.Shards).Select(_ => new SweptShard { Done = first - 1 }).ToArray();
        await runner.ForEachShardAsync(
            "sweep",
            async (shard, token) => shards[shard].Done = await EndShardAsync(shard, first, last, shards[shard], token),
            cancellationToken);
        var reached = shards.Min(shard => shard.Done);
        var lessons = new Dictionary<long, RouteLessons>();
        foreach (var (minute, taught) in shards.SelectMany(shard => shard.Lessons).Where(taught => taught.Key <= reached))
        {
            if (!lessons.TryAdd(minute, taught))
            {
                lessons[minute].Add(taught);
            }
        }

        return new SweptMinutes(reached, lessons);
    }

    private async Task<long> EndShardAsync(int shard, long first, long last, SweptShard swept, CancellationToken cancellationToken)
    {
        var done = last;
        await foreach (var page in TableUpdates.PagesAsync(next => store.QueryAsync(shard, first, last, next, cancellationToken)))
        {
            var ended = new RequestRecord?[page.Rows.Count];
            var results = await runner.ForEachRowAsync(
                "end", page.Rows, async (row, token) => ended[row] = await EndAsync(store.Read(page.Rows[row]), token), cancellationToken);
            for (var row = 0; row < ended.Length; row++)
            {
                var minute = TableKeys.RequestMinute(page.Rows[row].PartitionKey);
                done = results[row] == SweepResult.Again ? Math.Min(done, minute - 1) : done;
                swept.Count(minute, ended[row]);
            }

            // The rest of the last row's minute may be on the next page.
            var complete = page.Continuation is null ? last : swept.Tallies.Keys.LastOrDefault() - 1;
            await WriteAsync(shard, swept.Tallies, complete, done, cancellationToken);
        }

        return done;
    }

    /// <summary>Writes the statistics of minutes that are complete. Those that have to be gone through again are written then.</summary>
    private async Task WriteAsync(
        int shard, SortedDictionary<long, RouteTally> tallies, long complete, long done, CancellationToken cancellationToken)
    {
        foreach (var minute in tallies.Keys.Where(minute => minute <= complete).ToArray())
        {
            if (minute <= done)
            {
                await statistics.WriteAsync(minute, shard, tallies[minute], cancellationToken);
            }

            tallies.Remove(minute);
        }
    }

    private async Task<RequestRecord> EndAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        if (!stored.Value.IsIndexed)
        {
            await index.WriteAsync(stored.Value, cancellationToken);
        }

        var change = await changes.UpdateAsync(
            stored,
            request => RequestLife.Expire(request.IsIndexed ? request : request with { IsIndexed = true }, time.GetUtcNow()),
            cancellationToken);
        if (!change.AreSideEffectsQueued)
        {
            // The watermark must not pass it by.
            throw new StorageUnavailableException("The queue did not take what follows from an end.");
        }

        if (change.Before.EndedAt is not null)
        {
            await QueueForgottenAsync(change.After.Value, cancellationToken);
        }

        return change.After.Value;
    }

    /// <summary>Queues again what should have followed from a request's end when it ended, before it was due.</summary>
    private async Task QueueForgottenAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (request.EndedAt < time.GetUtcNow() - ReportTime && UpstreamVerdicts.IsAnythingDue(request))
        {
            Log.Unreported(logger, request.Id);
            await reports.SendAsync(request, cancellationToken);
        }

        await sideEffects.QueueForgottenAsync(request, time.GetUtcNow(), cancellationToken);
    }

    /// <summary>What the requests of a shard come to, by the minute in which they were due.</summary>
    private sealed class SweptShard
    {
        /// <summary>The minute up to which nothing has to be done again.</summary>
        public required long Done { get; set; }

        public SortedDictionary<long, RouteTally> Tallies { get; } = [];

        public Dictionary<long, RouteLessons> Lessons { get; } = [];

        public void Count(long minute, RequestRecord? ended)
        {
            Tallies.TryAdd(minute, new RouteTally());
            if (ended is null)
            {
                return;
            }

            Tally.Add(Tallies[minute], ended);
            if (ended is { IsTest: false, Verification: not null })
            {
                Lessons.TryAdd(minute, new RouteLessons());
                Tally.Teach(Lessons[minute], ended);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outcome of {RequestId} had not been reported; queued again")]
        public static partial void Unreported(ILogger logger, RequestId requestId);
    }
}
