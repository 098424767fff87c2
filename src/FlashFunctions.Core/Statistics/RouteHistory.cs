using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Statistics;

/// <summary>
/// What was counted in the last eight days, in memory: each call reads the minutes that are new, one range query. The last two to three
/// hours are kept by minute, what is older by hour; networks that providers told are left out. For the timer, whose runs do not overlap.
/// </summary>
public sealed class RouteHistory(StatisticsStore store)
{
    private const int MinutesAnHour = 60;
    private const int MinutesKept = 8 * 24 * MinutesAnHour;

    private static readonly TimeSpan ByMinute = TimeSpan.FromHours(2);

    private State _state = new([], -1);

    /// <summary>The history up to a minute, that included, oldest first.</summary>
    public async Task<IReadOnlyList<StatisticsSlice>> ReadAsync(long lastMinute, CancellationToken cancellationToken)
    {
        // Minutes that are longer ago may have been folded into an hour of which a part is known.
        var state = lastMinute - _state.LastMinute > MinutesAnHour ? new State([], -1) : _state;
        var oldest = (lastMinute - MinutesKept) / MinutesAnHour * MinutesAnHour;
        var slices = state.Slices.Where(slice => TableKeys.Minute(slice.Start) >= oldest).ToList();
        var first = Math.Max(oldest, state.LastMinute + 1);
        if (first <= lastMinute)
        {
            await foreach (var slice in store.ReadAsync(first, lastMinute, cancellationToken))
            {
                slices.Add(slice with { Tally = slice.Tally.By(route => route.BeforePlacing) });
            }
        }

        _state = new State(
            Merge(slices, TableKeys.StartOf(lastMinute + 1) - ByMinute), Math.Max(lastMinute, state.LastMinute));
        return _state.Slices;
    }

    /// <summary>Merges the minutes of hours that were over by a time.</summary>
    private static List<StatisticsSlice> Merge(List<StatisticsSlice> slices, DateTimeOffset before)
    {
        var merged = new List<StatisticsSlice>();
        foreach (var slice in slices)
        {
            var hour = TableKeys.HourOf(slice.Start);
            if (slice.Length >= TimeSpan.FromHours(1) || hour + TimeSpan.FromHours(1) > before)
            {
                merged.Add(slice);
                continue;
            }

            if (merged.Count == 0 || merged[^1].Start != hour || merged[^1].Length < TimeSpan.FromHours(1))
            {
                merged.Add(new StatisticsSlice(hour, TimeSpan.FromHours(1), new RouteTally()));
            }

            merged[^1].Tally.Add(slice.Tally);
        }

        return merged;
    }

    private sealed record State(IReadOnlyList<StatisticsSlice> Slices, long LastMinute);
}
