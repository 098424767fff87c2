using System.Collections.Concurrent;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A stored row, its version and where it lies in its table.</summary>
internal sealed class StoredRow(Row row, long version, long id, int bytes)
{
    public Row Row => row;

    public long Version => version;

    public long Id => id;

    public int Bytes => bytes;
}

/// <summary>
/// The rows of one table that were written last: a step, its webhook and its check come within seconds of each other, so nearly
/// every read finds its row here. Read by anyone; changed by the writer alone, after its transaction.
/// </summary>
internal sealed class RecentRows(RecentMemory memory)
{
    private readonly ConcurrentDictionary<TableKey, StoredRow> _rows = new();

    public StoredRow? Find(string partitionKey, string rowKey) => _rows.GetValueOrDefault(new TableKey(partitionKey, rowKey));

    public void Put(StoredRow row)
    {
        if (!memory.Any)
            return;

        _rows[KeyOf(row)] = row;
        memory.Remember(this, row);
    }

    public void Remove(string partitionKey, string rowKey) => _rows.TryRemove(new TableKey(partitionKey, rowKey), out _);

    /// <summary>Forgets this version of the row, not one that has come since.</summary>
    public void Forget(StoredRow row)
    {
        if (ReferenceEquals(_rows.GetValueOrDefault(KeyOf(row)), row))
            _rows.TryRemove(KeyOf(row), out _);
    }

    private static TableKey KeyOf(StoredRow row) => new(row.Row.PartitionKey, row.Row.RowKey);
}

/// <summary>What the recent rows of all tables may take; the oldest write goes first.</summary>
internal sealed class RecentMemory(long bytes)
{
    /// <summary>Keys, strings in UTF-16, the objects around them.</summary>
    private const int Overhead = 600;

    private readonly Queue<(RecentRows Rows, StoredRow Row)> _written = new();
    private long _used;

    public bool Any => bytes > 0;

    public void Remember(RecentRows rows, StoredRow row)
    {
        _written.Enqueue((rows, row));
        _used += Size(row);
        while (_used > bytes)
        {
            var (from, oldest) = _written.Dequeue();
            _used -= Size(oldest);
            from.Forget(oldest);
        }
    }

    private static int Size(StoredRow row) => (2 * row.Bytes) + Overhead;
}
