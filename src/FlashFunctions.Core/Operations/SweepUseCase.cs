using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// The timer's work, in proportion to what is due: the minutes that have passed since a stored watermark are swept once, then what stands
/// still is taken up again, and what is past retention is purged.
/// </summary>
public sealed partial class SweepUseCase(
    DueRequests due, StalledRequests stalled, Watermarks watermarks, StatisticsUpkeep statistics, RouteBook routes, RouteWatch watch,
    Purge purge, OldTexts texts, SweepRunner runner, NumberGuard guard, FraudCounters fraudCounters, FraudBlocks fraudBlocks,
    IOptions<SweepOptions> retention, TimeProvider time, ILogger<SweepUseCase> logger)
{
    /// <summary>Clocks differ: a minute is swept when it has been over for this long.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A minute in which something keeps failing holds the watermark back for a day, so that a run's work does not grow for ever.
    /// </summary>
    private const int MostMinutesHeld = 1_440;

    /// <summary>
    /// Sweeps every minute that has become due since the last time, then takes up what stands still and purges what is past retention.
    /// </summary>
    /// <exception cref="StorageUnavailableException">Something has to be done again. Everything else was done.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var last = TableKeys.Minute(now - Grace) - 1;
        var mark = await watermarks.ReadAsync(Watermarks.Due, cancellationToken);
        var behind = mark.ETag is null ? 0 : Math.Max(0, last - mark.Minute);
        Meters.Sweeping(mark.ETag is null ? TimeSpan.Zero : now - TableKeys.StartOf(mark.Minute + 1));
        Log.Sweeping(logger, behind);
        var swept = mark.Minute >= last
            ? new SweptMinutes(last, new Dictionary<long, RouteLessons>())
            : await due.EndAsync(mark.Minute + 1, last, cancellationToken);
        var learned = await runner.TryAsync(
            "learn", "routes", () => routes.LearnAsync(swept.Lessons, cancellationToken), cancellationToken);
        var done = learned == SweepResult.Again ? mark.Minute : swept.Done;
        var reached = Math.Max(done, last - MostMinutesHeld);
        if (reached > mark.Minute)
        {
            await watermarks.WriteAsync(mark, reached, cancellationToken);
        }

        var folded = await runner.TryAsync(
            "fold", "the statistics", () => statistics.RunAsync(reached, cancellationToken), cancellationToken);
        var watched = await runner.TryAsync("watch", "the routes", () => watch.RunAsync(reached, cancellationToken), cancellationToken);
        var takenUp = await stalled.TakeUpAsync(cancellationToken);
        var purged = await purge.RunAsync(TimeSpan.FromDays(retention.Value.RetentionDays), cancellationToken);
        var shortened = await texts.ShortenAsync(TimeSpan.FromHours(retention.Value.TextHours), cancellationToken);
        await guard.ForgetDueAsync(cancellationToken);
        await fraudCounters.PurgeAsync(cancellationToken);
        await fraudBlocks.PurgeAsync(cancellationToken);
        if (done < last || folded == SweepResult.Again || watched == SweepResult.Again || !takenUp || !purged || !shortened)
        {
            throw new StorageUnavailableException(
                "The store did not answer for everything that the timer had to do; its next run goes on with it.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Debug, "Sweeping {Minutes} minutes")]
        public static partial void Sweeping(ILogger logger, long minutes);
    }
}
