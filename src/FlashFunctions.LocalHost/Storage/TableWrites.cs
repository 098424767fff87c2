using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>Inserts a row that has its new ETag already; the result is that ETag, or null when the key is taken.</summary>
internal sealed class InsertRow(TableStatements table, RecentRows recent, byte[] key, Row row, long version, byte[] properties)
    : Write<string?>
{
    private long? _id;

    protected override string? Apply()
    {
        _id = table.Insert(key, version, properties);
        return _id is null ? null : row.ETag;
    }

    protected override void Publish(string? result)
    {
        if (_id is { } id)
            recent.Put(new StoredRow(row, version, id, properties.Length));
    }
}

/// <summary>Replaces a row by one that has its new ETag already; the result is that ETag, or null when the race is lost.</summary>
internal sealed class ReplaceRow(
    TableStatements table, RecentRows recent, byte[] key, Row row, long expected, long version, byte[] properties) : Write<string?>
{
    private long? _id;

    protected override string? Apply()
    {
        _id = recent.Find(row.Key) is { } known ? ById(known) : table.Replace(key, expected, version, properties);
        return _id is null ? null : row.ETag;
    }

    protected override void Publish(string? result)
    {
        if (_id is { } id)
            recent.Put(new StoredRow(row, version, id, properties.Length));
    }

    private long? ById(StoredRow known) =>
        known.Version == expected && table.Replace(known.Id, expected, version, properties) ? known.Id : null;
}

/// <summary>Deletes a row, of one version if one is given.</summary>
internal sealed class DeleteRow(TableStatements table, RecentRows recent, byte[] key, TableKey names, long? expected) : Write<bool>
{
    protected override bool Apply() => table.Delete(key, expected);

    protected override void Publish(bool result)
    {
        if (result)
            recent.Remove(names);
    }
}

/// <summary>Deletes rows of a partition, whatever their versions; the result is how many there were.</summary>
internal sealed class DeleteRows(TableStatements table, RecentRows recent, string partitionKey, (byte[] Key, string RowKey)[] rows) : Write<int>
{
    protected override int Apply() => rows.Count(row => table.Delete(row.Key, null));

    protected override void Publish(int result)
    {
        foreach (var (_, rowKey) in rows)
        {
            recent.Remove(new TableKey(partitionKey, rowKey));
        }
    }
}
