namespace FlashFunctions.Core.Storage;

/// <summary>
/// A row as a table keeps it. Keys are 1 to 512 characters without control characters and without <c>/ \ # ?</c>.
/// Property values are string (at most 32,768 UTF-16 units), long, bool or null, and null is the same as absent.
/// </summary>
/// <param name="PartitionKey">Rows that share it are stored and queried together.</param>
/// <param name="RowKey">Unique within the partition.</param>
/// <param name="Properties">The values by name.</param>
/// <param name="ETag">The version that was read; null on a row that was not read from the store.</param>
public sealed record Row(string PartitionKey, string RowKey, IReadOnlyDictionary<string, object?> Properties, string? ETag = null)
{
    /// <summary>The string of that name, or null.</summary>
    public string? Text(string name) => Properties.GetValueOrDefault(name) as string;

    /// <summary>The whole number of that name, or null.</summary>
    public long? Number(string name) => Properties.GetValueOrDefault(name) as long?;

    /// <summary>The flag of that name; absent is false.</summary>
    public bool Flag(string name) => Properties.GetValueOrDefault(name) is true;
}

/// <summary>Some rows of a partition, and where the next page begins (null on the last page).</summary>
public sealed record RowPage(IReadOnlyList<Row> Rows, string? Continuation);
