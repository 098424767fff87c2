using System.Collections.Concurrent;

namespace FlashFunctions.Core.Accounts;

/// <summary>
/// Caches what was read for a minute, including that there was nothing, and reads it once however many ask for it at the same time. Beyond
/// 10,000 entries the oldest are dropped.
/// </summary>
internal sealed class TimedCache<T>(Func<string, CancellationToken, Task<T?>> read, TimeProvider time)
    where T : class
{
    private const int Most = 10_000;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Whether there is such a thing, or there was a short while ago, or that there is not is remembered.</summary>
    public bool Knows(string key) => _entries.TryGetValue(key, out var known) && (known.Until > time.GetUtcNow() || known.Exists);

    public async ValueTask<T?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(key, out var known) && known.Until > now)
        {
            return await known.Value.WaitAsync(cancellationToken);
        }

        // Not the caller's cancellation token: others may be waiting for the same read.
        var fresh = new Entry(new Lazy<Task<T?>>(() => read(key, CancellationToken.None)), now + Life);
        var entry = known is null
            ? _entries.GetOrAdd(key, fresh)
            : _entries.TryUpdate(key, fresh, known) ? fresh : _entries.GetOrAdd(key, fresh);
        ForgetOldest();
        try
        {
            return await entry.Value.WaitAsync(cancellationToken);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            _entries.TryRemove(new(key, entry));
            throw;
        }
    }

    public void Forget(string key) => _entries.TryRemove(key, out _);

    private void ForgetOldest()
    {
        if (_entries.Count <= Most)
        {
            return;
        }

        // More than one at once, so that this does not run each time.
        foreach (var oldest in _entries.ToArray().OrderBy(pair => pair.Value.Until).Take(Most / 10))
        {
            _entries.TryRemove(oldest);
        }
    }

    private sealed class Entry(Lazy<Task<T?>> value, DateTimeOffset until)
    {
        public DateTimeOffset Until => until;

        public Task<T?> Value => value.Value;

        /// <summary>Whether it was read, and there was something.</summary>
        public bool Exists => value is { IsValueCreated: true, Value: { IsCompletedSuccessfully: true, Result: not null } };
    }
}
