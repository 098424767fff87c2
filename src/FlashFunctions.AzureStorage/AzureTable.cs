using Azure;
using Azure.Data.Tables;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// A table of Azure Table Storage. A write may succeed although its answer is lost, and the client then repeats it:
/// <see cref="WriteHistory"/> tells a conflict with its own write from a conflict with another one.
/// </summary>
internal sealed partial class AzureTable(TableClient client, StorageCall call, ILogger<AzureTable> logger) : ITable
{
    private const int MaxPageSize = 1000;

    public Task<string?> InsertAsync(Row row, CancellationToken cancellationToken)
    {
        RowLimits.Check(row);
        var history = WriteHistory.Begin();
        var entity = EntityMapping.ToEntity(row, history);
        return WriteAsync(entity, history, token => client.AddEntityAsync(entity, token), cancellationToken);
    }

    public Task<Row?> ReadAsync(TableKey key, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(key);
        return call.RunAsync(
            async token => await FindAsync(key, token) is { } entity ? EntityMapping.ToRow(entity) : null, cancellationToken);
    }

    public Task<string?> ReplaceAsync(Row row, CancellationToken cancellationToken)
    {
        RowLimits.Check(row);
        var etag = row.ETag ?? throw new ArgumentException("The row has no ETag.", nameof(row));
        if (WriteHistory.ServiceETag(etag) is not { } condition)
        {
            return Task.FromResult<string?>(null);
        }

        var history = WriteHistory.After(etag);
        var entity = EntityMapping.ToEntity(row, history);
        return WriteAsync(
            entity, history, token => client.UpdateEntityAsync(entity, condition, TableUpdateMode.Replace, token), cancellationToken);
    }

    public Task<bool> DeleteAsync(TableKey key, string? etag, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(key);
        var condition = etag is null ? ETag.All : WriteHistory.ServiceETag(etag);
        return condition is null
            ? Task.FromResult(false)
            : call.RunAsync(token => DeleteAsync(key, condition.Value, token), cancellationToken);
    }

    public async Task<IReadOnlyList<Row>> QueryAfterAsync(string partitionKey, string? after, int most, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(partitionKey);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partitionKey}");
        if (after is not null)
        {
            RowLimits.CheckKey(after);
            filter += TableClient.CreateQueryFilter($" and RowKey gt {after}");
        }

        // A page of the service may be short of rows though more follow.
        var page = await QueryPageAsync(filter, null, most, cancellationToken);
        var rows = page.Rows.ToList();
        while (rows.Count < most && page.Continuation is { } continuation)
        {
            page = await QueryPageAsync(filter, continuation, most - rows.Count, cancellationToken);
            rows.AddRange(page.Rows);
        }

        return rows;
    }

    public Task<RowPage> QueryAsync(PartitionRange range, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(range.First);
        RowLimits.CheckKey(range.Last);
        var filter = TableClient.CreateQueryFilter($"PartitionKey ge {range.First} and PartitionKey le {range.Last}");
        if (range.Only is { } only)
        {
            RowLimits.CheckName(only.Name);
            filter += $" and {only.Name} le {only.Value}L";
        }

        return QueryPageAsync(filter, continuation, pageSize, cancellationToken);
    }

    public Task DeleteBatchAsync(string partitionKey, IReadOnlyCollection<string> rowKeys, CancellationToken cancellationToken)
    {
        RowLimits.CheckKey(partitionKey);
        foreach (var rowKey in rowKeys)
        {
            RowLimits.CheckKey(rowKey);
        }

        return new PartitionPurge(client, call, partitionKey).DeleteAsync(rowKeys, cancellationToken);
    }

    private Task<RowPage> QueryPageAsync(string filter, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MaxPageSize);
        return call.RunAsync(
            async token =>
            {
                var pages = client.QueryAsync<TableEntity>(filter, pageSize, cancellationToken: token).AsPages(continuation);
                var page = await pages.FirstAsync(token);
                return new RowPage([.. page.Values.Select(EntityMapping.ToRow)], page.ContinuationToken);
            },
            cancellationToken);
    }

    private Task<string?> WriteAsync(
        TableEntity entity, WriteHistory history, Func<CancellationToken, Task<Response>> write, CancellationToken cancellationToken) =>
        call.RunAsync(
            async token =>
            {
                var tries = new WriteTries();
                try
                {
                    using var watch = tries.Watch();
                    var response = await write(token);
                    return history.ETagAs(response.Headers.ETag!.Value);
                }
                catch (RequestFailedException e) when (IsConflict(e))
                {
                    return tries.Repeated ? await FindOwnAsync(entity, history, token) : null;
                }
            },
            cancellationToken);

    private static bool IsConflict(RequestFailedException exception) =>
        exception is { Status: 409, ErrorCode: "EntityAlreadyExists" }
            or { Status: 412 }
            or { Status: 404, ErrorCode: "ResourceNotFound" or "EntityNotFound" };

    private async Task<string?> FindOwnAsync(TableEntity entity, WriteHistory history, CancellationToken cancellationToken)
    {
        var now = await FindAsync(new TableKey(entity.PartitionKey, entity.RowKey), cancellationToken);
        var own = now is null ? null : history.FindIn(now.GetString(WriteHistory.PropertyName), EntityMapping.ETagOf(now));
        if (own is not null)
        {
            Log.FoundOwnWrite(logger, client.Name);
        }

        return own;
    }

    private async Task<TableEntity?> FindAsync(TableKey key, CancellationToken cancellationToken)
    {
        var found = await client.GetEntityIfExistsAsync<TableEntity>(key.Partition, key.Row, cancellationToken: cancellationToken);
        if (found.HasValue)
        {
            return found.Value;
        }

        // A missing row is a result, a missing table is an error; both are a 404.
        var response = found.GetRawResponse();
        return response.Content.ToString().Contains("TableNotFound", StringComparison.Ordinal)
            ? throw new RequestFailedException(response)
            : null;
    }

    private async Task<bool> DeleteAsync(TableKey key, ETag condition, CancellationToken cancellationToken)
    {
        var tries = new WriteTries();
        try
        {
            using var watch = tries.Watch();
            var response = await client.DeleteEntityAsync(key.Partition, key.Row, condition, cancellationToken);
            return response.Status != 404 || WasOwnDelete(tries, condition);
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            return false;
        }
    }

    // A deleted row does not say who deleted it. Without a condition the row is gone as requested; under an ETag another caller may have
    // deleted it first, and reporting success would let two callers both believe that they did.
    private static bool WasOwnDelete(WriteTries tries, ETag condition) => (tries.Repeated, condition == ETag.All) switch
    {
        (false, _) => false,
        (true, true) => true,
        (true, false) =>
            throw new StorageUnavailableException("The answer to a delete got lost; the row is gone, by this call or another."),
    };

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "A write to table {Table} had succeeded although its answer was lost; its retry conflicted with it")]
        public static partial void FoundOwnWrite(ILogger logger, string table);
    }
}

/// <summary>Between the port's rows and the service's entities.</summary>
internal static class EntityMapping
{
    public static TableEntity ToEntity(Row row, WriteHistory history)
    {
        var entity = new TableEntity(row.PartitionKey, row.RowKey) { [WriteHistory.PropertyName] = history.Text };
        foreach (var (name, value) in row.Properties)
        {
            if (value is not null)
            {
                entity[name] = value;
            }
        }

        return entity;
    }

    public static Row ToRow(TableEntity entity)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in entity)
        {
            if (!RowLimits.IsReserved(name) && !IsAnnotation(name))
            {
                properties[name] = value;
            }
        }

        return new Row(new TableKey(entity.PartitionKey, entity.RowKey), properties, ETagOf(entity));
    }

    public static string ETagOf(TableEntity entity) => WriteHistory.ETagOf(entity.ETag, entity.GetString(WriteHistory.PropertyName));

    // The bag also contains OData's own properties: odata.etag, odata.metadata.
    private static bool IsAnnotation(string name) => name.Contains('.', StringComparison.Ordinal);
}
