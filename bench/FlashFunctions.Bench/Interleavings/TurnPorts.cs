using FlashFunctions.Core.Storage;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>A table in memory whose every call waits for a turn.</summary>
/// <param name="ports">What it has in common with the other ports.</param>
/// <param name="takesTurns">False: its calls are done at once, since no rule depends on their order.</param>
internal sealed class TurnTable(Ports ports, bool takesTurns = true) : ITable
{
    private readonly SortedDictionary<(string Partition, string Row), Row> _rows = new(
        Comparer<(string Partition, string Row)>.Create((one, other) =>
            string.CompareOrdinal(one.Partition, other.Partition) is var first && first != 0
                ? first
                : string.CompareOrdinal(one.Row, other.Row)));

    private long _version;

    public void Clear() => _rows.Clear();

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) => WriteAsync(() =>
        _rows.ContainsKey((row.PartitionKey, row.RowKey)) ? null : Put(row));

    public async Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        await (takesTurns ? ports.Turns.TurnAsync() : Task.CompletedTask);
        return _rows.GetValueOrDefault((key.Partition, key.Row));
    }

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken) => WriteAsync(() =>
        _rows.TryGetValue((row.PartitionKey, row.RowKey), out var stored) && stored.ETag == row.ETag ? Put(row) : null);

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken) => WriteAsync(() =>
        _rows.TryGetValue((key.Partition, key.Row), out var stored)
            && (etag is null || stored.ETag == etag)
            && _rows.Remove((key.Partition, key.Row)));

    public async Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken)
    {
        await (takesTurns ? ports.Turns.TurnAsync() : Task.CompletedTask);
        return [.. _rows.Values.Where(row => row.PartitionKey == partitionKey && string.CompareOrdinal(row.RowKey, after) > 0).Take(most)];
    }

    public async Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        await (takesTurns ? ports.Turns.TurnAsync() : Task.CompletedTask);
        return new RowPage(
            [
                .. _rows.Values.Where(row => string.CompareOrdinal(row.PartitionKey, range.First) >= 0
                    && string.CompareOrdinal(row.PartitionKey, range.Last) <= 0
                    && (range.Only is not { } only || row.Number(only.Name) <= only.Value)),
            ],
            null);
    }

    public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken) =>
        WriteAsync(() => rowKeys.Count(key => _rows.Remove((partitionKey, key))));

    private Task<T> WriteAsync<T>(Func<T> write) => takesTurns ? ports.WriteAsync(write) : Task.FromResult(write());

    private string Put(Row row)
    {
        var etag = $"{++_version}";
        _rows[(row.PartitionKey, row.RowKey)] = row with { ETag = etag };
        return etag;
    }
}

/// <summary>A queue whose every call waits for a turn, and which hands each message to somebody at once.</summary>
internal sealed class TurnQueue(string name, Ports ports) : IWorkQueue
{
    public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken) => ports.WriteAsync(() =>
    {
        ports.Sent?.Invoke(name, message, delay);
        return true;
    });

    public Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<WaitingMessage>>([]);
}

/// <summary>What the ports of one schedule have in common.</summary>
internal sealed class Ports
{
    public const string Lost = "The answer was lost.";

    public TurnByTurn Turns { get; set; } = new(_ => 0) { IsOn = false };

    /// <summary>Takes what is sent: the queue, the message, and the delay.</summary>
    public Action<string, string, TimeSpan>? Sent { get; set; }

    /// <summary>True: this write is done and its answer lost.</summary>
    public Func<bool> LosesAnswer { get; set; } = () => false;

    /// <summary>A write, in a turn of its own.</summary>
    public async Task<T> WriteAsync<T>(Func<T> write)
    {
        await Turns.TurnAsync();
        var result = write();
        return LosesAnswer() ? throw new StorageUnavailableException(Lost) : result;
    }
}
