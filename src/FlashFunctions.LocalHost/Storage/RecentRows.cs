using System.Collections.Concurrent;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The rows that were written last, of all tables: a step, its webhook and its check come within seconds of each other, so that nearly
/// every read finds its row here: without them the store took 40 % more processor time for a verification, and the service began 93 % of
/// them a second. Read on any thread. Changed by the writer alone, after the commit and before the caller gets its result, so that a row
/// here is never older than what a caller knows.
/// </summary>
/// <param name="bytes">The most that they may take; the oldest write is dropped first.</param>
internal sealed class RecentRows(long bytes)
{
    /// <summary>Keys and the objects around them, in bytes.</summary>
    private const int Overhead = 600;

    private readonly ConcurrentDictionary<(string Table, TableKey Key), LinkedListNode<RecentRow>> _rows = new();
    private readonly LinkedList<RecentRow> _byAge = new();
    private long _used;

    public Row? Find(string table, TableKey key) => _rows.TryGetValue((table, key), out var node) ? node.Value.Row : null;

    /// <summary>Keeps a row, and drops the oldest where the cache is full.</summary>
    /// <param name="table">The table of the row.</param>
    /// <param name="row">The row as it is now.</param>
    /// <param name="length">The length of its properties, in characters.</param>
    public void Put(string table, Row row, int length)
    {
        var key = (table, row.Key);
        var node = new LinkedListNode<RecentRow>(new RecentRow(key, row, Overhead + (sizeof(char) * length)));
        if (node.Value.Bytes > bytes)
        {
            Remove(table, row.Key);
            return;
        }

        if (_rows.TryGetValue(key, out var earlier))
        {
            Unlink(earlier);
        }

        _rows[key] = node;
        _byAge.AddLast(node);
        _used += node.Value.Bytes;
        while (_used > bytes)
        {
            Remove(_byAge.First!.Value.Key.Table, _byAge.First.Value.Key.Key);
        }
    }

    public void Remove(string table, TableKey key)
    {
        if (_rows.TryRemove((table, key), out var node))
        {
            Unlink(node);
        }
    }

    private void Unlink(LinkedListNode<RecentRow> node)
    {
        _byAge.Remove(node);
        _used -= node.Value.Bytes;
    }

    private sealed record RecentRow((string Table, TableKey Key) Key, Row Row, int Bytes);
}
