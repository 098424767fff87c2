namespace FlashFunctions.Core.Storage;

/// <summary>The two keys of a row, each 1 to 512 printable ASCII characters without <c>/ \ # ?</c>.</summary>
/// <param name="Partition">Rows that share it are stored and queried together.</param>
/// <param name="Row">Unique within the partition.</param>
public readonly record struct TableKey(string Partition, string Row);

/// <summary>
/// A row of a table. Property values are string (at most 32,768 UTF-16 units), long, bool or null, and null is the same as absent.
/// </summary>
/// <param name="ETag">The version that was read; null on a row that was not read from the store.</param>
public sealed record Row(TableKey Key, IReadOnlyDictionary<string, object?> Properties, string? ETag = null)
{
    public string PartitionKey => Key.Partition;

    public string RowKey => Key.Row;

    /// <summary>A row of those columns that was not read from the store.</summary>
    public static Row Of(TableKey key, params IEnumerable<(string Name, object? Value)> columns) =>
        new(key, columns.ToDictionary(column => column.Name, column => column.Value, StringComparer.Ordinal));

    public string? Text(string name) => Properties.GetValueOrDefault(name) as string;

    public long? Number(string name) => Properties.GetValueOrDefault(name) as long?;
}

/// <summary>Partitions from one to another, both included, in ordinal order.</summary>
/// <param name="Only">A further condition on the rows; null takes all of them.</param>
public sealed record PartitionRange(string First, string Last, AtMost? Only = null);

/// <summary>
/// A row has a whole number of that name, and it is at most that large. No row of the table may have anything else under that name.
/// </summary>
public sealed record AtMost(string Name, long Value);

/// <summary>Some rows of a range of partitions, and where the next page begins (null on the last page).</summary>
public sealed record RowPage(IReadOnlyList<Row> Rows, string? Continuation);
