using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace FlashFunctions.Simulator;

/// <summary>A concurrent dictionary that forgets what was added first once it holds too much.</summary>
internal sealed class BoundedMap<TKey, TValue>(int capacity, Action<TKey, TValue>? forgotten = null)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _items = new();
    private readonly ConcurrentQueue<TKey> _order = new();

    public IEnumerable<TValue> Values => _items.Select(item => item.Value);

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value) => _items.TryGetValue(key, out value);

    public TValue GetOrAdd(TKey key, Func<TKey, TValue> make)
    {
        if (_items.TryGetValue(key, out var found))
            return found;
        var made = make(key);
        var kept = _items.GetOrAdd(key, made);
        if (ReferenceEquals(kept, made))
            Remember(key);
        return kept;
    }

    public void Set(TKey key, TValue value)
    {
        var isNew = !_items.ContainsKey(key);
        _items[key] = value;
        if (isNew)
            Remember(key);
    }

    public void Clear()
    {
        _items.Clear();
        _order.Clear();
    }

    private void Remember(TKey key)
    {
        _order.Enqueue(key);
        while (_order.Count > capacity && _order.TryDequeue(out var oldest))
        {
            if (_items.TryRemove(oldest, out var value))
                forgotten?.Invoke(oldest, value);
        }
    }
}
