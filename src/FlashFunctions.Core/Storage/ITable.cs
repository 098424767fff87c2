namespace FlashFunctions.Core.Storage;

/// <summary>
/// A partitioned table with optimistic concurrency. A taken key or a lost race
/// is a result; <see cref="StorageUnavailableException"/> means that the store could not answer.
/// </summary>
public interface ITable
{
    /// <summary>Adds a row. Returns its ETag, or null when a row with its key exists already.</summary>
    Task<string?> InsertAsync(Row row, CancellationToken cancellationToken);

    /// <summary>Reads one row, or null when there is none.</summary>
    Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the whole row if it still has <see cref="Row.ETag"/>. Returns the new ETag, or null when the row was
    /// changed or deleted meanwhile: read it again and repeat the change.
    /// </summary>
    /// <exception cref="ArgumentException">The row has no ETag.</exception>
    Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken);

    /// <summary>Deletes a row, under <paramref name="etag"/> when one is given. False when it has changed or is not there.</summary>
    Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken);

    /// <summary>
    /// The rows of a partition after a row key, in ordinal order and at most <paramref name="most"/> of them, 1 to 1,000: fewer only where
    /// the partition has no more. <paramref name="after"/> need not be the key of a row, so that a caller can go on from a key of its own
    /// making; null begins with the first row.
    /// </summary>
    Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken);

    /// <summary>
    /// One page of a range of partitions, in ordinal order of the partition and then of the row key. <paramref name="continuation"/> is
    /// null for the first page and <see cref="RowPage.Continuation"/> of the page before otherwise; <paramref name="pageSize"/> is 1 to
    /// 1,000. A page may hold fewer rows than asked for, or none, though another one follows.
    /// </summary>
    Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken);

    /// <summary>Deletes rows of one partition, whatever their ETags; rows that are not there are passed over. Any number of keys.</summary>
    Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken);
}

/// <summary>
/// The store could not answer, after the adapter's own retries. Callers see 503 with Retry-After; the queue delivers again.
/// </summary>
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException() : this("The store is unavailable.") { }

    public StorageUnavailableException(string message) : base(message) { }

    public StorageUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
