using FlashFunctions.Core.Accounts;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.Tests.Accounts;

public sealed class TimedCacheTests
{
    private const int Most = 10_000;
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _read = [];
    private readonly TimedCache<string> _cache;

    public TimedCacheTests() => _cache = new(
        (key, _) =>
        {
            _read.Add(key);
            return Task.FromResult<string?>(key.StartsWith('-') ? null : key);
        },
        _time);

    [Fact]
    public async Task When_there_are_too_many_the_oldest_are_forgotten_and_the_others_kept()
    {
        for (var key = 0; key <= Most; key++)
        {
            await _cache.GetAsync($"{key}", default);
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _read.Clear();
        for (var key = Most; key > 1_000; key--)
        {
            await _cache.GetAsync($"{key}", default);
        }

        Assert.Empty(_read);
        await _cache.GetAsync("0", default);
        Assert.Equal(["0"], _read);
    }

    [Fact]
    public async Task What_there_is_stays_known_and_what_there_is_not_for_a_minute()
    {
        await _cache.GetAsync("there", default);
        await _cache.GetAsync("-", default);
        Assert.True(_cache.Knows("there") && _cache.Knows("-") && !_cache.Knows("other"));

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_cache.Knows("there") && !_cache.Knows("-"));
    }

    [Fact]
    public async Task Those_who_ask_at_the_same_time_share_one_read()
    {
        var result = new TaskCompletionSource<string?>();
        var reads = 0;
        var remembered = new TimedCache<string>(
            (_, _) =>
            {
                reads++;
                return result.Task;
            },
            _time);

        var asking = Enumerable.Range(0, 10).Select(_ => remembered.GetAsync("key", default).AsTask()).ToArray();
        result.SetResult("value");

        Assert.All(await Task.WhenAll(asking), value => Assert.Equal("value", value));
        Assert.Equal(1, reads);
    }

    [Fact]
    public async Task A_read_that_failed_is_not_cache()
    {
        var fails = true;
        var remembered = new TimedCache<string>(
            (key, _) => fails ? Task.FromException<string?>(new TimeoutException()) : Task.FromResult<string?>(key), _time);
        await Assert.ThrowsAsync<TimeoutException>(async () => await remembered.GetAsync("key", default));

        fails = false;
        Assert.Equal("key", await remembered.GetAsync("key", default));
    }
}
