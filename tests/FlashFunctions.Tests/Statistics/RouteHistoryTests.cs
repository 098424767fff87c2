using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Storage;

namespace FlashFunctions.Tests.Statistics;

public sealed class RouteHistoryTests : IDisposable
{
    /// <summary>2026-11-29 10:00, in minutes.</summary>
    private const long Ten = 29_932_440;

    private static readonly RouteKey Telia = new("lanck", "call", "EE", "Telia");

    private readonly TemporaryStore _temporary = new();
    private readonly StatisticsStore _store;

    public RouteHistoryTests() => _store = new StatisticsStore(_temporary.Store.Table(TableNames.Statistics));

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task What_is_read_minute_by_minute_is_what_is_read_at_once()
    {
        var history = new RouteHistory(_store);
        for (var minute = Ten; minute < Ten + 300; minute += 7)
        {
            await WriteAsync(minute, Telia with { MccMnc = "24801" });
            await history.ReadAsync(minute, CancellationToken.None);
        }

        var (gradually, atOnce) = (await history.ReadAsync(Ten + 300, CancellationToken.None),
            await new RouteHistory(_store).ReadAsync(Ten + 300, CancellationToken.None));
        Assert.Equal(43, gradually.Sum(slice => slice.Tally.Counts[Telia].Verifiable));
        Assert.Equal(atOnce.Select(slice => (slice.Start, slice.Length)), gradually.Select(slice => (slice.Start, slice.Length)));
        Assert.Equal([TimeSpan.FromMinutes(1), TimeSpan.FromHours(1)], gradually.Select(slice => slice.Length).Distinct().Order());
    }

    [Fact]
    public async Task What_is_older_than_eight_days_is_left_out()
    {
        await WriteAsync(Ten - (8 * 1_440) - 61, Telia);
        await WriteAsync(Ten - (7 * 1_440), Telia);

        var history = new RouteHistory(_store);
        Assert.Single(await history.ReadAsync(Ten, CancellationToken.None));
        Assert.Empty(await history.ReadAsync(Ten + (2 * 1_440), CancellationToken.None));
    }

    [Fact]
    public async Task After_a_pause_hours_that_were_folded_meanwhile_are_whole()
    {
        var history = new RouteHistory(_store);
        await WriteAsync(Ten, Telia);
        await history.ReadAsync(Ten + 10, CancellationToken.None);
        await WriteAsync(Ten + 50, Telia);
        await _store.FoldAsync(Ten / 60, Ten / 60, CancellationToken.None);

        Assert.Equal(2, (await history.ReadAsync(Ten + 200, CancellationToken.None)).Sum(slice => slice.Tally.Counts[Telia].Verifiable));
    }

    private Task WriteAsync(long minute, RouteKey route)
    {
        var tally = new RouteTally();
        tally.Of(route).Verifiable = 1;
        return _store.WriteAsync(minute, 0, tally, CancellationToken.None);
    }
}
