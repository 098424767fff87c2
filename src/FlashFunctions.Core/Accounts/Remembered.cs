using System.Collections.Concurrent;

namespace FlashFunctions.Core.Accounts;

/// <summary>What was read is remembered for a minute, also that there was nothing; at most 10,000 things, then it starts over.</summary>
internal sealed class Remembered<T>(Func<string, CancellationToken, Task<T?>> read, TimeProvider time)
    where T : class
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    public async ValueTask<T?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(key, out var known) && known.Until > now)
        {
            return known.Value;
        }

        if (_entries.Count >= MostRemembered)
        {
            _entries.Clear();
        }

        var value = await read(key, cancellationToken);
        _entries[key] = new Entry(value, now + Life);
        return value;
    }

    public void Forget(string key) => _entries.TryRemove(key, out _);

    private sealed record Entry(T? Value, DateTimeOffset Until);
}
