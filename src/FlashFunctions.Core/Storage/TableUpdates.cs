namespace FlashFunctions.Core.Storage;

/// <summary>A record and the version of its row that was read or written.</summary>
public sealed record Stored<T>(T Value, string ETag);

/// <summary>A record as its row has it now.</summary>
/// <param name="Value">Null where there is no row.</param>
/// <param name="ETag">The version that was read or written; null where the next write inserts the row.</param>
public readonly record struct Current<T>(T? Value, string? ETag)
    where T : class
{
    /// <summary>The record and its version, where it has a row.</summary>
    public Stored<T>? Stored => Value is { } value && ETag is { } etag ? new Stored<T>(value, etag) : null;
}

/// <summary>
/// Reads and changes records in tables. Every change under an ETag is made here: read, apply, write; a lost race reads and applies again.
/// </summary>
/// <remarks>
/// A change is a function of the record alone, since it is applied again after a lost race. It returns the same record, or null, where
/// there is nothing to write. What its caller needs to know is returned as the decision, made on the record that was stored.
/// </remarks>
public static class TableUpdates
{
    /// <summary>How often a change is tried before its row counts as contended.</summary>
    private const int MaxTries = 50;

    private const int PageSize = 1_000;

    public static async Task<Stored<T>?> ReadAsync<T>(
        this ITable table, RowFormat<T> format, TableKey key, CancellationToken cancellationToken)
        where T : class =>
        await table.ReadAsync(key, cancellationToken) is { } row ? new Stored<T>(format.Read(row), row.ETag!) : null;

    /// <summary>Reads a record under the first of the keys that has one; its ETag is given where that is the first key.</summary>
    public static async Task<Current<T>> ReadAsync<T>(
        this ITable table, RowFormat<T> format, IReadOnlyList<TableKey> keys, CancellationToken cancellationToken)
        where T : class
    {
        var row = await table.ReadFirstAsync(keys, cancellationToken);
        return row is null ? default : new Current<T>(format.Read(row), row.Key == keys[0] ? row.ETag : null);
    }

    public static async Task<Row?> ReadFirstAsync(this ITable table, IEnumerable<TableKey> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            if (await table.ReadAsync(key, cancellationToken) is { } row)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>All rows of a partition, in ordinal order of the row key.</summary>
    public static IAsyncEnumerable<Row> ReadAllAsync(this ITable table, string partition, CancellationToken cancellationToken) =>
        PagesAsync(continuation => table.QueryAsync(new PartitionRange(partition, partition), continuation, PageSize, cancellationToken))
            .SelectMany(page => page.Rows);

    /// <summary>All pages of a query, which takes the continuation of the page before.</summary>
    public static async IAsyncEnumerable<RowPage> PagesAsync(Func<string?, Task<RowPage>> query)
    {
        string? continuation = null;
        do
        {
            var page = await query(continuation);
            yield return page;
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    /// <summary>Deletes all rows of a partition by pages; <paramref name="before"/> is called with each page before that.</summary>
    public static async Task PurgeAsync(
        this ITable table, string partition, CancellationToken cancellationToken, Func<IReadOnlyList<Row>, Task>? before = null)
    {
        IReadOnlyList<Row> rows;
        do
        {
            rows = await table.QueryAfterAsync(partition, null, PageSize, cancellationToken);
            await (before?.Invoke(rows) ?? Task.CompletedTask);
            if (rows.Count > 0)
            {
                await table.DeleteBatchAsync(partition, [.. rows.Select(row => row.RowKey)], cancellationToken);
            }
        }
        while (rows.Count == PageSize);
    }

    /// <summary>Changes a record, if there is one. Gives what is stored now, or null where there is none.</summary>
    public static async Task<T?> UpdateAsync<T>(
        this ITable table, RowFormat<T> format, TableKey key, Func<T, T> change, CancellationToken cancellationToken)
        where T : class
    {
        var (now, _) = await table.UpdateAsync(
            format, [key], null, current => (current is null ? null : change(current), 0), cancellationToken);
        return now.Value;
    }

    /// <summary>Changes or adds a record. Gives what is stored now and what was decided on it.</summary>
    public static Task<(Current<T> Now, TDecision Decision)> UpdateAsync<T, TDecision>(
        this ITable table, RowFormat<T> format, TableKey key, Func<T?, (T? Next, TDecision Decision)> change,
        CancellationToken cancellationToken)
        where T : class => table.UpdateAsync(format, [key], null, change, cancellationToken);

    /// <summary>Changes or adds a record that was read before. Gives what is stored now and what was decided on it.</summary>
    /// <param name="keys">
    /// Where it is written, then where it may still be: under the hash of an earlier service key. A row found there is inserted under the
    /// first key.
    /// </param>
    /// <param name="known">What was read before, so that the first try needs no read; null to read.</param>
    /// <exception cref="StorageUnavailableException">Every try lost its race.</exception>
    public static async Task<(Current<T> Now, TDecision Decision)> UpdateAsync<T, TDecision>(
        this ITable table, RowFormat<T> format, IReadOnlyList<TableKey> keys, Current<T>? known,
        Func<T?, (T? Next, TDecision Decision)> change, CancellationToken cancellationToken)
        where T : class
    {
        Task<Current<T>> ReadAsync() => table.ReadAsync(format, keys, cancellationToken);

        return await RetryAsync(known ?? await ReadAsync(), ReadAsync, async current =>
        {
            var (next, decision) = change(current.Value);
            if (next is null || ReferenceEquals(next, current.Value))
            {
                return new Try<(Current<T>, TDecision)>((current, decision));
            }

            var row = format.ToRow(keys[0], next, current.ETag);
            var etag = row.ETag is null
                ? await table.InsertAsync(row, cancellationToken)
                : await table.ReplaceAsync(row, cancellationToken);
            return etag is null ? null : new Try<(Current<T>, TDecision)>((new Current<T>(next, etag), decision));
        });
    }

    /// <summary>The one retry of writes that depend on what was read: tries until one succeeds, and reads again in between.</summary>
    /// <param name="state">What the first try starts from.</param>
    /// <param name="read">Reads what the next try starts from.</param>
    /// <param name="attempt">One try; null where it lost its race.</param>
    /// <exception cref="StorageUnavailableException">Every try lost its race.</exception>
    internal static async Task<TResult> RetryAsync<TState, TResult>(
        TState state, Func<Task<TState>> read, Func<TState, Task<Try<TResult>?>> attempt)
    {
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await attempt(state) is { } done)
            {
                return done.Result;
            }

            state = await read();
        }

        throw new StorageUnavailableException("A row stayed contended.");
    }
}

internal sealed record Try<T>(T Result);
