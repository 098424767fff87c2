using System.Globalization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>A table of the data file.</summary>
internal sealed class SqliteTable(TableStatements statements, RecentRows recent, GroupWriter writer, ReadPool readers, Versions versions, string name)
    : ITable
{
    /// <summary>So that a long batch does not hold up everybody else's writes.</summary>
    private const int DeletedAtOnce = 250;

    private const int MaxPageSize = 1_000;

    private readonly string _read = $"SELECT version, properties FROM \"{name}\" WHERE key = ?1";

    private readonly string _query =
        $"SELECT key, version, properties FROM \"{name}\" WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT ?3";

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken)
    {
        RowLimits.Check(row);
        var key = KeyCodec.Encode(row.PartitionKey, row.RowKey);
        var properties = RowCodec.Encode(row.Properties, out var copy);
        var version = versions.Next();
        var stored = new Row(row.Key, copy, ETag(version));
        return writer.WriteAsync(new InsertRow(statements, recent, key, stored, version, properties), cancellationToken);
    }

    public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<Row?>(cancellationToken);

        try
        {
            return Task.FromResult(recent.Find(key)?.Row ?? Read(key));
        }
        catch (StorageUnavailableException exception)
        {
            return Task.FromException<Row?>(exception);
        }
    }

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken)
    {
        if (row.ETag is null)
            throw new ArgumentException("A row is replaced under the ETag that was read.", nameof(row));

        RowLimits.Check(row);
        var key = KeyCodec.Encode(row.PartitionKey, row.RowKey);
        var properties = RowCodec.Encode(row.Properties, out var copy);
        var version = versions.Next();
        var stored = new Row(row.Key, copy, ETag(version));
        return writer.WriteAsync(
            new ReplaceRow(statements, recent, key, stored, Version(row.ETag), version, properties), cancellationToken);
    }

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken)
    {
        long? expected = etag is null ? null : Version(etag);
        return writer.WriteAsync(new DeleteRow(statements, recent, KeyCodec.Encode(key.Partition, key.Row), key, expected), cancellationToken);
    }

    public Task<RowPage> QueryAsync(string partitionKey, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<RowPage>(cancellationToken);

        try
        {
            return Task.FromResult(readers.Read(_query, (partitionKey, continuation, pageSize), ReadPage));
        }
        catch (StorageUnavailableException exception)
        {
            return Task.FromException<RowPage>(exception);
        }
    }

    public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled<RowPage>(cancellationToken);

        try
        {
            return Task.FromResult(readers.Read(_query, (range, continuation, pageSize), ReadRangePage));
        }
        catch (StorageUnavailableException exception)
        {
            return Task.FromException<RowPage>(exception);
        }
    }

    public async Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken)
    {
        foreach (var part in rowKeys.Chunk(DeletedAtOnce))
        {
            var rows = part.Select(rowKey => (KeyCodec.Encode(partitionKey, rowKey), rowKey)).ToArray();
            await writer.WriteAsync(new DeleteRows(statements, recent, partitionKey, rows), cancellationToken);
        }
    }

    private static string ETag(long version) => version.ToString(CultureInfo.InvariantCulture);

    /// <summary>An ETag that is none of ours is one that no row has.</summary>
    private static long Version(string etag) =>
        long.TryParse(etag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;

    private static RowPage ReadPage(Statement statement, (string Partition, string? Continuation, int Size) page)
    {
        Span<byte> after = stackalloc byte[KeyCodec.MaxBytes];
        Span<byte> before = stackalloc byte[KeyCodec.MaxBytes];
        var prefix = KeyCodec.Prefix(page.Partition, before);
        var length = page.Continuation is null ? KeyCodec.Prefix(page.Partition, after) : KeyCodec.Encode(page.Partition, page.Continuation, after);
        before[prefix - 1] = 1;

        // One more than was asked for tells whether there is another page.
        statement.Bind(1, after[..length]).Bind(2, before[..prefix]).Bind(3, page.Size + 1);
        var rows = new List<Row>();
        while (statement.Step())
        {
            if (rows.Count == page.Size)
                return new RowPage(rows, rows[^1].RowKey);

            var rowKey = KeyCodec.Decode(statement.Bytes(0)[prefix..]);
            rows.Add(new Row(new TableKey(page.Partition, rowKey), RowCodec.Decode(statement.Bytes(2)), ETag(statement.Number(1))));
        }

        return new RowPage(rows, null);
    }

    /// <summary>No key holds a slash, so that a page of a range continues after partition/row.</summary>
    private const char Slash = '/';

    private static RowPage ReadRangePage(Statement statement, (PartitionRange Range, string? Continuation, int Size) page)
    {
        Span<byte> after = stackalloc byte[KeyCodec.MaxBytes];
        Span<byte> before = stackalloc byte[KeyCodec.MaxBytes];
        var prefix = KeyCodec.Prefix(page.Range.Last, before);
        var length = page.Continuation is { } last
            ? KeyCodec.Encode(last[..last.IndexOf(Slash, StringComparison.Ordinal)], last[(last.IndexOf(Slash, StringComparison.Ordinal) + 1)..], after)
            : KeyCodec.Prefix(page.Range.First, after);
        before[prefix - 1] = 1;

        // Without a limit, since what is filtered out does not count: reading stops where the page is full.
        statement.Bind(1, after[..length]).Bind(2, before[..prefix]).Bind(3, -1);
        var rows = new List<Row>();
        while (statement.Step())
        {
            var properties = statement.Bytes(2);
            if (page.Range.Only is { } only && !(RowCodec.Number(properties, only.Name) <= only.Value))
                continue;

            if (rows.Count == page.Size)
                return new RowPage(rows, $"{rows[^1].PartitionKey}{Slash}{rows[^1].RowKey}");

            var (partition, rowKey) = KeyCodec.DecodeBoth(statement.Bytes(0));
            rows.Add(new Row(new TableKey(partition, rowKey), RowCodec.Decode(properties), ETag(statement.Number(1))));
        }

        return new RowPage(rows, null);
    }

    private Row? Read(TableKey key) =>
        readers.Read(_read, key, static (statement, names) =>
        {
            Span<byte> encoded = stackalloc byte[KeyCodec.MaxBytes];
            statement.Bind(1, encoded[..KeyCodec.Encode(names.Partition, names.Row, encoded)]);
            return statement.Step()
                ? new Row(names, RowCodec.Decode(statement.Bytes(1)), ETag(statement.Number(0)))
                : null;
        });
}
