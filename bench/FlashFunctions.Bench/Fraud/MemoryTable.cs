using System.Collections.Concurrent;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Bench.Fraud;

/// <summary>A table in memory, for simulations: what the contract of the stores says, but for pages and ranges.</summary>
internal sealed class MemoryTable : ITable
{
    private readonly ConcurrentDictionary<string, SortedDictionary<string, Row>> _partitions = new(StringComparer.Ordinal);
    private long _version;

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) =>
        Task.FromResult(In(row.PartitionKey, rows => rows.ContainsKey(row.RowKey) ? null : Put(rows, row)));

    public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken) =>
        Task.FromResult(In(key.Partition, rows => rows.GetValueOrDefault(key.Row)));

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) =>
        Task.FromResult(In(row.PartitionKey, rows => rows.GetValueOrDefault(row.RowKey)?.ETag == row.ETag ? Put(rows, row) : null));

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) => Task.FromResult(In(
        key.Partition, rows => rows.TryGetValue(key.Row, out var row) && (etag is null || row.ETag == etag) && rows.Remove(key.Row)));

    public Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<Row>>(In(
            partitionKey, rows => rows.Values.Where(row => string.CompareOrdinal(row.RowKey, after) > 0).Take(most).ToArray()));

    public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken) =>
        range.First == range.Last
            ? Task.FromResult(new RowPage(In(range.First, rows => rows.Values.ToArray()), null))
            : throw new NotSupportedException();

    public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    private string Put(SortedDictionary<string, Row> rows, Row row)
    {
        var etag = Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        rows[row.RowKey] = row with { ETag = etag };
        return etag;
    }

    private T In<T>(string partition, Func<SortedDictionary<string, Row>, T> act)
    {
        var rows = _partitions.GetOrAdd(partition, static _ => new SortedDictionary<string, Row>(StringComparer.Ordinal));
        lock (rows)
        {
            return act(rows);
        }
    }
}

/// <summary>A clock that is set; its timers never fire.</summary>
internal sealed class Clock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
