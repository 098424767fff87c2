using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// A table of the data file. Its rows are stored in order of insertion, with an index of their keys, so that rows that are written
/// together share pages.
/// </summary>
internal sealed class EmbeddedTable : ITable
{
    private const int MaxPageSize = 1_000;

    /// <summary>How many rows of a batch are deleted in one write, so that a long batch does not hold up all other writes.</summary>
    private const int DeletedAtOnce = 250;

    /// <summary>Between the partition and the row in the continuation of a range. No key contains it.</summary>
    private const char Slash = '/';

    /// <summary>As the version of a row that is to be deleted: whatever it is.</summary>
    private const long AnyVersion = 0;

    private readonly string _name;
    private readonly DataFile _file;
    private readonly PendingWrites _writes;
    private readonly RecentRows _recent;
    private readonly string _insert;
    private readonly string _replace;
    private readonly string _delete;
    private readonly string _read;
    private readonly string _query;
    private readonly string _queryAtMost;

    /// <summary>Creates the table in the file if it is missing.</summary>
    public EmbeddedTable(string name, DataFile file, PendingWrites writes, RecentRows recent)
    {
        (_name, _file, _writes, _recent) = (name, file, writes, recent);
        file.Writer.Run($"""
            CREATE TABLE IF NOT EXISTS "{name}"
            (partition TEXT NOT NULL, row TEXT NOT NULL, version INTEGER NOT NULL, properties TEXT NOT NULL, PRIMARY KEY (partition, row))
            """);
        var select = $"SELECT version, properties, row, partition FROM \"{name}\" WHERE";
        const string Key = "partition = ?1 AND row = ?2";
        const string Range = "(partition, row) > (?1, ?2) AND partition <= ?4";
        const string Page = "ORDER BY partition, row LIMIT ?3";
        _insert = $"INSERT INTO \"{name}\" VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
        _replace = $"UPDATE \"{name}\" SET version = ?3, properties = ?4 WHERE {Key} AND version = ?5";
        _delete = $"DELETE FROM \"{name}\" WHERE {Key} AND ?3 IN (version, {AnyVersion})";
        _read = $"{select} {Key}";
        _query = $"{select} {Range} {Page}";
        _queryAtMost = $"{select} {Range} AND json_extract(properties, ?5) <= ?6 {Page}";
    }

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken) => WriteAsync(
        row,
        (file, version, properties) => file.Run(_insert, row.PartitionKey, row.RowKey, version, properties),
        cancellationToken);

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken)
    {
        var expected = row.ETag is { } etag
            ? VersionText.Read(etag)
            : throw new ArgumentException("A row is replaced under the ETag that was read.", nameof(row));
        return WriteAsync(
            row,
            (file, version, properties) => file.Run(_replace, row.PartitionKey, row.RowKey, version, properties, expected),
            cancellationToken);
    }

    public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        if (_recent.Find(_name, key) is { } recent && !cancellationToken.IsCancellationRequested)
        {
            return Task.FromResult<Row?>(recent);
        }

        RowLimits.CheckKey(key);
        return ReadAsync(
            file =>
            {
                using var reader = file.Query(_read, key.Partition, key.Row);
                return reader.Read() ? ReadRow(reader) : null;
            },
            cancellationToken);
    }

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(key);
        var version = etag is null ? AnyVersion : VersionText.Read(etag);
        return _writes.AddAsync(
            file => file.Run(_delete, key.Partition, key.Row, version) == 1,
            deleted =>
            {
                if (deleted)
                {
                    _recent.Remove(_name, key);
                }
            },
            cancellationToken);
    }

    public async Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken)
    {
        foreach (var keys in rowKeys.Select(rowKey => new TableKey(partitionKey, rowKey)).Chunk(DeletedAtOnce))
        {
            Array.ForEach(keys, RowLimits.CheckKey);
            await _writes.AddAsync(
                file => keys.Sum(key => file.Run(_delete, key.Partition, key.Row, AnyVersion)),
                _ => Array.ForEach(keys, key => _recent.Remove(_name, key)),
                cancellationToken);
        }
    }

    public async Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(partitionKey);
        if (after is not null)
        {
            RowLimits.CheckKey(after);
        }

        return (await ReadPageAsync(new TableKey(partitionKey, after ?? ""), partitionKey, null, most, cancellationToken)).Rows;
    }

    public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken) =>
        ReadPageAsync(
            continuation?.Split(Slash) is [var partition, var row] ? new TableKey(partition, row) : new TableKey(range.First, ""),
            range.Last, range.Only, pageSize, cancellationToken);

    private Task<string?> WriteAsync(
        Row row, Func<DataConnection, long, byte[], int> write, CancellationToken cancellationToken)
    {
        RowLimits.Check(row);
        var properties = RowJson.Copy(row.Properties);
        var json = RowJson.Write(properties);
        var version = _file.NextVersion();
        var written = new Row(row.Key, properties, VersionText.Of(version));
        return _writes.AddAsync(
            file => write(file, version, json) == 1 ? written.ETag : null,
            etag =>
            {
                if (etag is not null)
                {
                    _recent.Put(_name, written, json.Length);
                }
            },
            cancellationToken);
    }

    /// <summary>
    /// A page of the rows after a key, up to the end of a partition. The query asks for one row more than the page holds, which shows
    /// whether there is another page.
    /// </summary>
    private Task<RowPage> ReadPageAsync(
        TableKey after, string last, AtMost? only, int size, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, MaxPageSize);
        return ReadAsync(
            file =>
            {
                using var reader = only is null
                    ? file.Query(_query, after.Partition, after.Row, size + 1, last)
                    : file.Query(_queryAtMost, after.Partition, after.Row, size + 1, last, $"$.\"{only.Name}\"", only.Value);
                var rows = new List<Row>();
                while (reader.Read())
                {
                    if (rows.Count == size)
                    {
                        return new RowPage(rows, $"{rows[^1].PartitionKey}{Slash}{rows[^1].RowKey}");
                    }

                    rows.Add(ReadRow(reader));
                }

                return new RowPage(rows, null);
            },
            cancellationToken);
    }

    /// <summary>Reads on the caller's thread: that takes microseconds, and less than going to another thread.</summary>
    private Task<T> ReadAsync<T>(Func<DataConnection, T> read, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(_file.Read(read));
        }
        catch (StorageUnavailableException exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    private static Row ReadRow(Statement reader) => new(
        new TableKey(reader.GetString(3), reader.GetString(2)), RowJson.Read(reader.GetUtf8(1)), VersionText.Of(reader.GetInt64(0)));
}
