namespace FlashFunctions.Simulator;

/// <summary>The last so many things, and how many there ever were. A capacity of 0 keeps nothing.</summary>
internal sealed class Ring<T>(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<T> _items = new();

    public long Total { get; private set; }

    public void Add(T item)
    {
        lock (_lock)
        {
            Total++;
            if (capacity <= 0)
                return;
            if (_items.Count == capacity)
                _items.Dequeue();
            _items.Enqueue(item);
        }
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (_lock)
            return [.. _items];
    }

    public void Clear()
    {
        lock (_lock)
        {
            _items.Clear();
            Total = 0;
        }
    }
}
