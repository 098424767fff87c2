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

/// <summary>A concurrent dictionary that removes its oldest keys when it holds more than <paramref name="capacity"/>.</summary>
internal sealed class BoundedMap<TKey, TValue>(int capacity, Action<TKey, TValue>? removed = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _items = new();
    private readonly ConcurrentQueue<TKey> _order = new();

    public IEnumerable<TValue> Values => _items.Select(item => item.Value);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (_items.TryGetValue(key, out var found))
        {
            return found;
        }

        var made = make(key);
        var kept = _items.GetOrAdd(key, made);
        if (ReferenceEquals(kept, made))
        {
            RemoveOldestBeyondCapacity(key);
        }

        return kept;
    }

    public void Set(TKey key, TValue value)
    {
        var isNew = !_items.ContainsKey(key);
        _items[key] = value;
        if (isNew)
        {
            RemoveOldestBeyondCapacity(key);
        }
    }

    public void Clear()
    {
        _items.Clear();
        _order.Clear();
    }

    private void RemoveOldestBeyondCapacity(TKey added)
    {
        _order.Enqueue(added);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            if (_items.TryRemove(oldest, out var value))
            {
                removed?.Invoke(oldest, value);
            }
        }
    }
}
