using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Folds the statistics' minutes into hours an hour after they are over, and deletes what is past 400 days. Does nothing in a run in which
/// no hour becomes that old.
/// </summary>
public sealed class StatisticsUpkeep(StatisticsStore store, Watermarks watermarks)
{
    private const string Folded = "statistics";
    private const int MinutesAnHour = 60;
    private const int HoursKept = 400 * 24;

    private long _doneHour = long.MinValue;

    /// <summary>Folds and deletes what has been counted up to a minute.</summary>
    public async Task RunAsync(long sweptMinute, CancellationToken cancellationToken)
    {
        var lastHour = ((sweptMinute + 1) / MinutesAnHour) - 2;
        if (lastHour <= Interlocked.Read(ref _doneHour) || lastHour < 0)
        {
            return;
        }

        var mark = await watermarks.ReadAsync(Folded, cancellationToken);
        var firstHour = (mark.Minute + 1) / MinutesAnHour;
        if (firstHour <= lastHour)
        {
            await store.FoldAsync(firstHour, lastHour, cancellationToken);
            await store.PurgeAsync(Math.Max(0, lastHour - HoursKept), cancellationToken);
            await watermarks.WriteAsync(mark, (lastHour * MinutesAnHour) + MinutesAnHour - 1, cancellationToken);
        }

        Interlocked.Exchange(ref _doneHour, lastHour);
    }
}
