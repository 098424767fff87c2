using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Statistics;

/// <summary>The counts of the requests that were due in an hour or a minute.</summary>
/// <param name="Length">An hour or a minute.</param>
public sealed record StatisticsSlice(DateTimeOffset Start, TimeSpan Length, RouteTally Tally);

/// <summary>
/// The table of statistics. While an hour is young it has a row a due minute and shard, each written once however often the minute is
/// swept; later these are folded into one row, which counts in their place. A row holds a list of routes with their counts, as JSON in
/// <c>Data</c>.
/// </summary>
public sealed class StatisticsStore([FromKeyedServices(TableNames.Statistics)] ITable table)
{
    private const int PageSize = 1_000;
    private const int MinutesAnHour = 60;

    private static readonly RowFormat<StoredRoutes> Format = RowFormat.Json(StatisticsJson.Default.StoredRoutes);

    /// <summary>Writes the counts of a minute and shard. A row that is there already stays: the minute was swept before.</summary>
    public async Task WriteAsync(long minute, int shard, RouteTally tally, CancellationToken cancellationToken)
    {
        if (tally.Counts.Count > 0)
        {
            await table.InsertAsync(ToRow(TableKeys.Statistics(minute, shard), tally), cancellationToken);
        }
    }

    /// <summary>
    /// What was counted from one minute to another, both included, oldest first; of an hour that is folded the whole hour. One range query,
    /// a page for each thousand rows.
    /// </summary>
    public async IAsyncEnumerable<StatisticsSlice> ReadAsync(
        long firstMinute, long lastMinute, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StatisticsSlice? slice = null;
        var foldedHour = "";
        await foreach (var row in RowsAsync(TableKeys.StatisticsRange(firstMinute, lastMinute), cancellationToken))
        {
            if (TableKeys.StatisticsStart(row.PartitionKey) is not { } start || TableKeys.StatisticsHour(row.PartitionKey) == foldedHour)
            {
                continue;
            }

            var isHour = TableKeys.IsStatisticsHour(row.PartitionKey);
            foldedHour = isHour ? row.PartitionKey : "";
            if (slice?.Start != start)
            {
                if (slice is not null)
                {
                    yield return slice;
                }

                slice = new StatisticsSlice(start, isHour ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1), new RouteTally());
            }

            AddTo(slice.Tally, row);
        }

        if (slice is not null)
        {
            yield return slice;
        }
    }

    /// <summary>Folds the minutes of the hours from one to another, both included, which nothing is counted in any more.</summary>
    /// <param name="firstHour">Hours since 1970.</param>
    /// <param name="lastHour">Hours since 1970.</param>
    public async Task FoldAsync(long firstHour, long lastHour, CancellationToken cancellationToken)
    {
        var range = TableKeys.StatisticsRange(firstHour * MinutesAnHour, (lastHour * MinutesAnHour) + MinutesAnHour - 1);
        var hours = RowsAsync(range, cancellationToken).Where(row => TableKeys.StatisticsStart(row.PartitionKey) is not null)
            .GroupBy(row => TableKeys.StatisticsHour(row.PartitionKey), StringComparer.Ordinal);
        await foreach (var hour in hours)
        {
            Row[] minutes = [.. hour.Where(row => !TableKeys.IsStatisticsHour(row.PartitionKey))];
            if (minutes.Length == hour.Count())
            {
                // Written before the minutes are deleted: once it is there, they do not count any more.
                var tally = new RouteTally();
                Array.ForEach(minutes, row => AddTo(tally, row));
                await table.InsertAsync(ToRow(TableKeys.StatisticsOfHour(hour.Key), tally), cancellationToken);
            }

            await DeleteAsync(minutes.Select(row => row.Key), cancellationToken);
        }
    }

    /// <summary>Deletes what was counted before an hour, given in hours since 1970. One range query.</summary>
    public async Task PurgeAsync(long beforeHour, CancellationToken cancellationToken)
    {
        await foreach (var page in PagesAsync(TableKeys.StatisticsBefore(beforeHour * MinutesAnHour), cancellationToken))
        {
            await DeleteAsync(page.Rows.Select(row => row.Key), cancellationToken);
        }
    }

    private async Task DeleteAsync(IEnumerable<TableKey> keys, CancellationToken cancellationToken)
    {
        foreach (var partition in keys.GroupBy(key => key.Partition, key => key.Row, StringComparer.Ordinal))
        {
            await table.DeleteBatchAsync(partition.Key, [.. partition], cancellationToken);
        }
    }

    private IAsyncEnumerable<Row> RowsAsync(PartitionRange range, CancellationToken cancellationToken) =>
        PagesAsync(range, cancellationToken).SelectMany(page => page.Rows);

    private IAsyncEnumerable<RowPage> PagesAsync(PartitionRange range, CancellationToken cancellationToken) =>
        TableUpdates.PagesAsync(continuation => table.QueryAsync(range, continuation, PageSize, cancellationToken));

    /// <summary>Adds the counts of a row. One that cannot be read counts nothing, since no later run could read it either.</summary>
    private static void AddTo(RouteTally tally, Row row)
    {
        IReadOnlyList<StoredRoute> routes;
        try
        {
            routes = Format.Read(row).Routes;
        }
        catch (JsonException)
        {
            return;
        }

        foreach (var (route, counts) in routes)
        {
            tally.Of(route).Add(counts);
        }
    }

    /// <summary>
    /// The row of a tally. Where it would be too large, some thousand routes within an hour, it is kept without the networks that providers
    /// told, and where that is not enough without operators.
    /// </summary>
    private static Row ToRow(TableKey key, RouteTally tally)
    {
        Func<RouteKey, RouteKey>[] coarser =
            [route => route, route => route.BeforePlacing, route => route with { Operator = "", MccMnc = "" }];
        return coarser.Select(tally.By)
            .Select(counts => new StoredRoutes([.. counts.Counts.Select(pair => new StoredRoute(pair.Key, pair.Value))]))
            .Select(routes => Format.ToRow(key, routes))
            .FirstOrDefault(row => RowLimits.SizeOf(row) <= RowLimits.RowBytes)
            ?? throw new InvalidOperationException("The statistics of an hour do not fit into a row.");
    }
}

internal sealed record StoredRoutes(IReadOnlyList<StoredRoute> Routes);

internal sealed record StoredRoute(RouteKey Route, RouteCounts Counts);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(StoredRoutes))]
internal sealed partial class StatisticsJson : JsonSerializerContext;
