using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Verifications;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Sweep;

/// <summary>
/// The timer's work, in proportion to what is due: the partitions of every minute that has passed are read once, behind a
/// stored watermark. What is open there is ended, what is unreported is queued again, and the minute's statistics are written.
/// </summary>
public sealed partial class SweepUseCase(
    RequestStore store,
    RequestIndex index,
    RequestChanges changes,
    ReportQueue reports,
    FollowUps followUps,
    Watermarks watermarks,
    StatisticsStore statistics,
    Purge purge,
    IOptions<SweepOptions> options,
    TimeProvider time,
    ILogger<SweepUseCase> logger)
{
    private const int PageSize = 1_000;

    /// <summary>Clocks differ: a minute is swept when it has been over for this long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>How far back the first run of all looks, should requests have come before it.</summary>
    private const int FirstReachMinutes = 60;

    /// <summary>A report that was queued this recently may be on its way. Shorter than a minute, after which a sweep that failed is repeated.</summary>
    private static readonly TimeSpan ReportTime = TimeSpan.FromSeconds(30);

    /// <summary>Sweeps every minute that has become due since the last time, then purges what is past retention.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var last = TableKeys.Minute(time.GetUtcNow() - Grace) - 1;
        var mark = await watermarks.ReadAsync(Watermarks.Due, last - FirstReachMinutes, cancellationToken);
        Meters.Sweeping(time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds((mark.Minute + 1) * 60));
        Log.Sweeping(logger, last - mark.Minute);
        for (var minute = mark.Minute + 1; minute <= last; minute++)
        {
            await SweepMinuteAsync(minute, cancellationToken);
            mark = await watermarks.WriteAsync(mark, minute, cancellationToken);
        }

        await purge.RunAsync(TimeSpan.FromDays(options.Value.RetentionDays), cancellationToken);
    }

    private Task SweepMinuteAsync(long minute, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, TableKeys.Shards),
            new ParallelOptions { MaxDegreeOfParallelism = options.Value.Parallelism, CancellationToken = cancellationToken },
            async (shard, token) => await SweepShardAsync(minute, shard, token));

    private async Task SweepShardAsync(long minute, int shard, CancellationToken cancellationToken)
    {
        var tally = new Tally();
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync(minute, shard, continuation, PageSize, cancellationToken);
            foreach (var stored in page.Requests)
            {
                tally.Add(await EndAsync(stored, cancellationToken));
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        await statistics.WriteAsync(minute, shard, tally, cancellationToken);
    }

    private async Task<RequestRecord> EndAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        if (!stored.Value.IsIndexed)
        {
            await index.WriteAsync(stored.Value, cancellationToken);
        }

        var change = await changes.ApplyAsync(
            stored,
            request => Standing.EndAtDueTime(request.IsIndexed ? request : request with { IsIndexed = true }, time.GetUtcNow()),
            cancellationToken);
        var ended = change.Before.EndedAt is null && change.After.Value.EndedAt is not null;
        var request = change.After.Value;
        if (!change.IsFollowedUp)
        {
            // The watermark must not pass it by.
            throw new StorageUnavailableException("The queue did not take what follows from an end.");
        }

        if (!ended
            && request.EndedAt < time.GetUtcNow() - ReportTime
            && OutcomeReporter.IsAnythingDue(request))
        {
            Log.Unreported(logger, request.Id);
            await reports.SendAsync(new ReportJob(request.Id.Text, Trace: request.Trace), TimeSpan.Zero, cancellationToken);
        }

        if (!ended)
        {
            await followUps.QueueForgottenAsync(request, time.GetUtcNow(), cancellationToken);
        }

        return request;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Sweeping {Minutes} minutes")]
        public static partial void Sweeping(ILogger logger, long minutes);

        [LoggerMessage(2, LogLevel.Warning, "The outcome of {RequestId} had not been reported; queued again")]
        public static partial void Unreported(ILogger logger, RequestId requestId);
    }
}
