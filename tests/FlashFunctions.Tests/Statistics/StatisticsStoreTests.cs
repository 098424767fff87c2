using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Storage;

namespace FlashFunctions.Tests.Statistics;

public sealed class StatisticsStoreTests : IDisposable
{
    /// <summary>2026-11-29 10:00, in minutes and in hours.</summary>
    private const long Ten = 29_932_440;
    private const long TenOClock = Ten / 60;

    private static readonly RouteKey Telia = new("lanck", "call", "EE", "Telia", "24801");

    private readonly TemporaryStore _temporary = new();
    private readonly ITable _table;
    private readonly StatisticsStore _store;

    public StatisticsStoreTests()
    {
        _table = _temporary.Store.Table(TableNames.Statistics);
        _store = new StatisticsStore(_table);
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task What_is_written_is_read_by_route()
    {
        var tally = Placed(3);
        tally.Of(Telia).Price = 120_000;
        tally.Of(Telia).Seconds.Add(TimeSpan.FromSeconds(9));
        tally.Of(Telia with { Operator = "", MccMnc = "" }).NotSent = 1;
        await _store.WriteAsync(Ten, 5, tally, CancellationToken.None);

        var slice = Assert.Single(await ReadAsync(Ten, Ten));
        Assert.Equal((DateTimeOffset.FromUnixTimeSeconds(Ten * 60), TimeSpan.FromMinutes(1)), (slice.Start, slice.Length));
        Assert.Equal(2, slice.Tally.Counts.Count);
        Assert.Equal((3, 120_000), (slice.Tally.Counts[Telia].Placed, slice.Tally.Counts[Telia].Price));
        Assert.Equal(1, slice.Tally.Counts[Telia].Seconds.Count);
        Assert.Equal(1, slice.Tally.Counts[Telia with { Operator = "", MccMnc = "" }].NotSent);
    }

    [Fact]
    public async Task A_minute_that_is_swept_again_is_not_added_twice()
    {
        await _store.WriteAsync(Ten, 5, Placed(3), CancellationToken.None);
        await _store.WriteAsync(Ten, 5, Placed(3), CancellationToken.None);
        await _store.WriteAsync(Ten, 6, Placed(4), CancellationToken.None);

        Assert.Equal(7, Assert.Single(await ReadAsync(Ten, Ten)).Tally.Counts[Telia].Placed);
    }

    [Fact]
    public async Task An_hour_that_is_folded_reads_as_before_in_one_row()
    {
        await _store.WriteAsync(Ten, 0, Placed(1), CancellationToken.None);
        await _store.WriteAsync(Ten + 59, 63, Placed(2), CancellationToken.None);
        await _store.WriteAsync(Ten + 60, 1, Placed(4), CancellationToken.None);
        await _store.FoldAsync(TenOClock - 1, TenOClock, CancellationToken.None);

        var slices = await ReadAsync(Ten, Ten + 119);
        Assert.Equal([TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)], slices.Select(slice => slice.Length));
        Assert.Equal([3, 4], slices.Select(slice => slice.Tally.Counts[Telia].Placed));
        Assert.Equal(2, (await RowsAsync()).Count);
    }

    [Fact]
    public async Task A_fold_that_died_halfway_counts_nothing_twice_and_is_finished_by_the_next_one()
    {
        await _store.WriteAsync(Ten, 0, Placed(1), CancellationToken.None);
        await _store.FoldAsync(TenOClock, TenOClock, CancellationToken.None);
        await _store.WriteAsync(Ten, 0, Placed(1), CancellationToken.None);

        Assert.Equal(1, (await ReadAsync(Ten, Ten + 59)).Sum(slice => slice.Tally.Counts[Telia].Placed));
        await _store.FoldAsync(TenOClock, TenOClock, CancellationToken.None);
        Assert.Single(await RowsAsync());
        Assert.Equal(1, (await ReadAsync(Ten, Ten + 59)).Sum(slice => slice.Tally.Counts[Telia].Placed));
    }

    [Fact]
    public async Task Only_the_minutes_asked_for_are_read()
    {
        foreach (var minute in (long[])[Ten - 1, Ten, Ten + 30, Ten + 60])
        {
            await _store.WriteAsync(minute, 0, Placed(1), CancellationToken.None);
        }

        Assert.Equal([Ten, Ten + 30], (await ReadAsync(Ten, Ten + 59)).Select(slice => slice.Start.ToUnixTimeSeconds() / 60));
        Assert.Equal([Ten + 30], (await ReadAsync(Ten + 1, Ten + 59)).Select(slice => slice.Start.ToUnixTimeSeconds() / 60));
    }

    [Fact]
    public async Task A_purge_deletes_what_was_counted_before_an_hour_and_rows_of_an_earlier_version()
    {
        await _store.WriteAsync(Ten - 1, 0, Placed(1), CancellationToken.None);
        await _store.WriteAsync(Ten - 90, 0, Placed(1), CancellationToken.None);
        await _store.WriteAsync(Ten, 0, Placed(1), CancellationToken.None);
        await _table.InsertAsync(TableRow("20261128", "029931000-00-lanck-call-EE"), CancellationToken.None);
        await _table.InsertAsync(TableRow("20261130", "029933000-00-lanck-call-EE"), CancellationToken.None);
        await _store.FoldAsync(TenOClock - 2, TenOClock - 2, CancellationToken.None);
        await _store.PurgeAsync(TenOClock, CancellationToken.None);

        Assert.Equal(["2026112910-00", "20261130"], (await RowsAsync()).Select(row => row.PartitionKey));
        Assert.Single(await ReadAsync(Ten - 3_000, Ten + 3_000));
    }

    [Fact]
    public async Task An_hour_of_too_many_routes_for_a_row_is_kept_by_country()
    {
        var tally = new RouteTally();
        for (var route = 0; route < 6_000; route++)
        {
            tally.Of(new RouteKey("lanck", "call", "EE", $"Operator {route} of a country with many of them")).Placed = 1;
        }

        await _store.WriteAsync(Ten, 0, tally, CancellationToken.None);

        var counts = Assert.Single(await ReadAsync(Ten, Ten)).Tally.Counts;
        Assert.Equal(6_000, Assert.Single(counts).Value.Placed);
        Assert.Equal(new RouteKey("lanck", "call", "EE"), counts.Keys.Single());
    }

    private static RouteTally Placed(int placed)
    {
        var tally = new RouteTally();
        tally.Of(Telia).Placed = placed;
        return tally;
    }

    private static Row TableRow(string partition, string row) => Row.Of(
        TableKeys.Statistics(0, 0) with { Partition = partition, Row = row }, ("Placed", 1L));

    private async Task<List<StatisticsSlice>> ReadAsync(long first, long last)
    {
        var slices = new List<StatisticsSlice>();
        await foreach (var slice in _store.ReadAsync(first, last, CancellationToken.None))
        {
            slices.Add(slice);
        }

        return slices;
    }

    private async Task<IReadOnlyList<Row>> RowsAsync() =>
        (await _table.QueryAsync(new PartitionRange("0", "9"), null, 1_000, CancellationToken.None)).Rows;
}
