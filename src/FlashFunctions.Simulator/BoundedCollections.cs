using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace FlashFunctions.Simulator;

/// <summary>The last <paramref name="capacity"/> items, and how many were ever added. A capacity of 0 keeps none.</summary>
internal sealed class BoundedList<T>(int capacity)
{
    private readonly ConcurrentQueue<T> _items = new();
    private long _total;

    public long Total => Interlocked.Read(ref _total);

    public void Add(T item)
    {
        Interlocked.Increment(ref _total);
        _items.Enqueue(item);
        while (_items.Count > capacity && _items.TryDequeue(out _))
        {
            // The oldest are dropped.
        }
    }

    public IReadOnlyList<T> Snapshot() => [.. _items];

    public void Clear()
    {
        _items.Clear();
        Interlocked.Exchange(ref _total, 0);
    }
}

/// <summary>What was set last under a key, for the last <paramref name="capacity"/> keys.</summary>
internal sealed class BoundedMap<TValue>(int capacity)
{
    private readonly ConcurrentDictionary<string, TValue> _items = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _order = new();

    public bool TryGet(string key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public void Set(string key, TValue value)
    {
        if (!_items.TryAdd(key, value))
        {
            _items[key] = value;
            return;
        }

        _order.Enqueue(key);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            _items.TryRemove(oldest, out _);
        }
    }
}
