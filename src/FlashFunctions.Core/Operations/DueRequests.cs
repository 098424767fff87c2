using System.Collections.Concurrent;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Logging;

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
    RequestStore store,
    RequestIndex index,
    RequestChanges changes,
    ReportQueue reports,
    RequestSideEffects sideEffects,
    StatisticsStore statistics,
    SweepRunner runner,
    TimeProvider time,
    ILogger<DueRequests> logger)
{
    /// <summary>
    /// A report that was queued this recently may be on its way. Shorter than a minute, after which a sweep that failed is repeated.
    /// </summary>
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(30);

    /// <summary>Ends what is due in the minutes from the first to the last.</summary>
    public async Task<SweptMinutes> EndAsync(long first, long last, CancellationToken cancellationToken)
    {
        var done = new long[TableKeys.Shards];
        var lessons = new ConcurrentBag<(long Minute, RouteLessons Lessons)>();
        await runner.ForEachShardAsync(
            "sweep",
            async (shard, token) =>
            {
                // So that a shard that fails is gone through again from the first minute on.
                done[shard] = first - 1;
                done[shard] = await EndShardAsync(shard, first, last, lessons, token);
            },
            cancellationToken);
        var reached = done.Min();
        var byMinute = new Dictionary<long, RouteLessons>();
        foreach (var (minute, taught) in lessons.Where(taught => taught.Minute <= reached))
        {
            if (!byMinute.TryAdd(minute, taught))
            {
                byMinute[minute].Add(taught);
            }
        }

        return new SweptMinutes(reached, byMinute);
    }

    private async Task<long> EndShardAsync(
        int shard, long first, long last, ConcurrentBag<(long Minute, RouteLessons Lessons)> lessons, CancellationToken cancellationToken)
    {
        var done = last;
        var tallies = new SortedDictionary<long, RouteTally>();
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(shard, first, last, continuation, cancellationToken);
            var ended = new RequestRecord?[page.Rows.Count];
            var results = await runner.ForEachRowAsync(
                "end",
                page.Rows,
                async (row, token) => ended[row] = await EndAsync(store.Read(page.Rows[row]), token),
                cancellationToken);
            for (var row = 0; row < ended.Length; row++)
            {
                var minute = TableKeys.RequestMinute(page.Rows[row].PartitionKey);
                done = results[row] == SweepResult.Again ? Math.Min(done, minute - 1) : done;
                Count(tallies, minute, ended[row]);
            }

            Learn(lessons, page.Rows.Select((row, number) => (TableKeys.RequestMinute(row.PartitionKey), ended[number])));
            continuation = page.Continuation;

            // The rest of the last row's minute may be on the next page.
            await WriteAsync(shard, tallies, continuation is null ? last : tallies.Keys.LastOrDefault() - 1, done, cancellationToken);
        }
        while (continuation is not null);
        return done;
    }

    private static void Count(SortedDictionary<long, RouteTally> tallies, long minute, RequestRecord? ended)
    {
        if (!tallies.TryGetValue(minute, out var tally))
        {
            tallies[minute] = tally = new RouteTally();
        }

        if (ended is not null)
        {
            Tally.Add(tally, ended);
        }
    }

    private static void Learn(
        ConcurrentBag<(long Minute, RouteLessons Lessons)> lessons, IEnumerable<(long Minute, RequestRecord? Request)> ended)
    {
        foreach (var minute in ended
            .Where(row => row.Request is { IsTest: false, Verification: not null })
            .GroupBy(row => row.Minute, row => row.Request!))
        {
            var taught = new RouteLessons();
            foreach (var request in minute)
            {
                Tally.Teach(taught, request);
            }

            lessons.Add((minute.Key, taught));
        }
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
            await reports.SendAsync(new ReportJob(request.Id.Text, Trace: request.Trace), TimeSpan.Zero, cancellationToken);
        }

        await sideEffects.QueueForgottenAsync(request, time.GetUtcNow(), cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The outcome of {RequestId} had not been reported; queued again")]
        public static partial void Unreported(ILogger logger, RequestId requestId);
    }
}
