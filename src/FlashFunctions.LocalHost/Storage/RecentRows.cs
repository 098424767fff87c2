using System.Collections.Concurrent;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A stored row, its version and where it lies in its table.</summary>
internal sealed class StoredRow(Row row, long version, long id, int bytes)
{
    private volatile Row? _row = row;

    public TableKey Key { get; } = row.Key;

    /// <summary>Null when a later write has taken its place a moment ago; the file then has what it is now.</summary>
    public Row? Row => _row;

    public long Version => version;

    public long Id => id;

    public int Bytes => bytes;

    public void LetGo() => _row = null;
}

/// <summary>
/// The rows of one table that were written last: a step, its webhook and its check come within seconds of each other, so nearly
/// every read finds its row here. Read by anyone; changed by the writer alone, after its transaction.
/// </summary>
internal sealed class RecentRows(RecentMemory memory)
{
    private readonly ConcurrentDictionary<TableKey, StoredRow> _rows = new();

    public StoredRow? Find(TableKey key) => _rows.GetValueOrDefault(key);

    public void Put(StoredRow row)
    {
        if (!memory.Any)
            return;

        var earlier = _rows.GetValueOrDefault(row.Key);
        _rows[row.Key] = row;
        if (earlier is not null)
            memory.LetGo(earlier);

        memory.Remember(this, row);
    }

    public void Remove(TableKey key)
    {
        if (_rows.TryRemove(key, out var row))
            memory.LetGo(row);
    }

    /// <summary>Forgets this version of the row, not one that has come since.</summary>
    public void Forget(StoredRow row)
    {
        if (ReferenceEquals(_rows.GetValueOrDefault(row.Key), row))
            _rows.TryRemove(row.Key, out _);
    }
}

/// <summary>What the recent rows of all tables may take; the oldest write goes first.</summary>
internal sealed class RecentMemory(long bytes)
{
    /// <summary>Keys and the objects around them.</summary>
    private const int Overhead = 600;

    private readonly Queue<(RecentRows Rows, StoredRow Row)> _written = new();
    private long _used;

    public bool Any => bytes > 0;

    public void Remember(RecentRows rows, StoredRow row)
    {
        _written.Enqueue((rows, row));
        _used += Overhead + Content(row);
        while (_used > bytes)
        {
            var (from, oldest) = _written.Dequeue();
            _used -= Overhead + Content(oldest);
            from.Forget(oldest);
        }
    }

    /// <summary>Frees what a replaced or deleted row held; its place in the line stays until its turn comes.</summary>
    public void LetGo(StoredRow row)
    {
        _used -= Content(row);
        row.LetGo();
    }

    /// <summary>Strings are UTF-16 in memory.</summary>
    private static int Content(StoredRow row) => row.Row is null ? 0 : 2 * row.Bytes;
}
