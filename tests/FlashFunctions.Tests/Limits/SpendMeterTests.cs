using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Tests.Storage;

namespace FlashFunctions.Tests.Limits;

public sealed class SpendMeterTests : IDisposable
{
    private const string Account = "shop";
    private readonly TemporaryStore _store = new();
    private readonly SpendMeter _meter;

    public SpendMeterTests() => _meter = new SpendMeter(_store.Store.Table(TableNames.Spend), _store.Time);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task What_exactly_fills_the_cap_is_let_through_and_nothing_after_it()
    {
        for (var sent = 0; sent < 10; sent++)
        {
            Assert.NotNull(await TakeAsync(10, cap: 100));
        }

        Assert.Null(await TakeAsync(1, cap: 100));
        Assert.Equal(100, await SpentAsync());
    }

    [Fact]
    public async Task What_is_given_back_can_be_spent_again()
    {
        var hold = await TakeAsync(100, cap: 100);

        await _meter.GiveBackAsync(Account, hold!, TestContext.Current.CancellationToken);

        Assert.Equal(0, await SpentAsync());
        Assert.NotNull(await TakeAsync(100, cap: 100));
    }

    [Fact]
    public async Task What_was_spent_yesterday_and_is_given_back_today_does_not_enlarge_today()
    {
        var hold = await TakeAsync(100, cap: 100);
        _store.Time.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(await TakeAsync(60, cap: 100));

        await _meter.GiveBackAsync(Account, hold!, TestContext.Current.CancellationToken);

        Assert.Equal(60, await SpentAsync());
    }

    [Fact]
    public async Task A_new_day_begins_at_midnight_in_utc()
    {
        Assert.NotNull(await TakeAsync(100, cap: 100));
        _store.Time.SetUtcNow(new DateTimeOffset(_store.Time.GetUtcNow().UtcDateTime.Date.AddDays(1).AddMilliseconds(-1), TimeSpan.Zero));
        Assert.Null(await TakeAsync(1, cap: 100));

        _store.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.NotNull(await TakeAsync(100, cap: 100));
    }

    [Fact]
    public async Task Accounts_and_currencies_are_counted_apart()
    {
        Assert.NotNull(await TakeAsync(100, cap: 100));

        Assert.Equal(0, (await _meter.ReadAsync("other", "EUR", TestContext.Current.CancellationToken)).Units);
        Assert.Equal(0, (await _meter.ReadAsync(Account, "USD", TestContext.Current.CancellationToken)).Units);
    }

    /// <summary>Whoever read before the cap was full may still write once to each row but the one that filled it.</summary>
    [Fact]
    public async Task Callers_that_all_looked_before_anybody_counted_overshoot_the_cap_by_at_most_seven_prices()
    {
        var looked = await _meter.ReadAsync(Account, "EUR", TestContext.Current.CancellationToken);

        var holds = await Task.WhenAll(Enumerable.Range(0, 100)
            .Select(_ => _meter.TakeAsync(looked, "bird", 10, 100, TestContext.Current.CancellationToken)));

        var let = holds.Count(hold => hold is not null);
        Assert.InRange(let, 10, 17);
        Assert.Equal(let * 10, await SpentAsync());
    }

    [Fact]
    public async Task Every_price_that_was_let_through_is_counted_however_many_come_at_once()
    {
        var holds = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => TakeAsync(7, cap: long.MaxValue)));
        await Task.WhenAll(holds.Take(20).Select(hold => _meter.GiveBackAsync(Account, hold!, TestContext.Current.CancellationToken)));

        Assert.Equal(40 * 7, await SpentAsync());
    }

    [Fact]
    public async Task Days_that_nobody_asks_for_any_more_are_cleared_by_the_days_after()
    {
        var first = await _meter.ReadAsync(Account, "EUR", TestContext.Current.CancellationToken);
        await FillAsync();

        _store.Time.Advance(TimeSpan.FromDays(32));
        await FillAsync();

        var table = _store.Store.Table(TableNames.Spend);
        Assert.Empty(await table.QueryAfterAsync(
            TableKeys.SpendPartition(first.Day, "EUR", Account), null, 100, TestContext.Current.CancellationToken));
    }

    private async Task FillAsync()
    {
        while ((await _meter.ReadAsync(Account, "EUR", TestContext.Current.CancellationToken)).Rows.Count < 8)
        {
            Assert.NotNull(await TakeAsync(1, cap: long.MaxValue));
        }
    }

    private async Task<SpendReservation?> TakeAsync(long units, long cap) => await _meter.TakeAsync(
        await _meter.ReadAsync(Account, "EUR", TestContext.Current.CancellationToken), "bird", units, cap,
        TestContext.Current.CancellationToken);

    private async Task<long> SpentAsync() => (await _meter.ReadAsync(Account, "EUR", TestContext.Current.CancellationToken)).Units;
}
