using System.Text.Json;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Requests;

/// <summary>A record and the version of it that was read.</summary>
public sealed record Stored<T>(T Value, string ETag);

/// <summary>The table of requests. The columns beside the document are for whoever looks at the table.</summary>
public sealed class RequestStore([FromKeyedServices(TableNames.Requests)] ITable table)
{
    /// <summary>Stores a new request. Returns its ETag, or null when the id is taken.</summary>
    public Task<string?> InsertAsync(RequestRecord request, CancellationToken cancellationToken) =>
        table.InsertAsync(ToRow(request, null), cancellationToken);

    /// <summary>Reads a request by its id.</summary>
    public async Task<Stored<RequestRecord>?> ReadAsync(RequestId id, CancellationToken cancellationToken)
    {
        var key = TableKeys.Request(id);
        var row = await table.ReadAsync(key.Partition, key.Row, cancellationToken);
        return row is null ? null : FromRow(row);
    }

    /// <summary>Saves a changed request if nobody else has since. Null when the race is lost.</summary>
    public Task<string?> ReplaceAsync(RequestRecord request, string etag, CancellationToken cancellationToken) =>
        table.ReplaceAsync(ToRow(request, etag), cancellationToken);

    /// <summary>One page of the requests that are due in a minute, of one shard.</summary>
    public async Task<(IReadOnlyList<Stored<RequestRecord>> Requests, string? Continuation)> QueryAsync(
        long minute, int shard, string? continuation, int pageSize, CancellationToken cancellationToken)
    {
        var page = await table.QueryAsync(TableKeys.RequestPartition(minute, shard), continuation, pageSize, cancellationToken);
        return ([.. page.Rows.Select(FromRow)], page.Continuation);
    }

    /// <summary>Deletes requests of one minute and shard.</summary>
    public Task DeleteAsync(long minute, int shard, IReadOnlyCollection<RequestId> ids, CancellationToken cancellationToken) =>
        table.DeleteBatchAsync(TableKeys.RequestPartition(minute, shard), [.. ids.Select(id => id.Text)], cancellationToken);

    private static Row ToRow(RequestRecord request, string? etag)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Account"] = request.Account,
            ["Product"] = request.Product,
            ["Status"] = request.Status.ToString(),
            ["Result"] = request.Verification?.Result.ToString(),
        };
        Document.Write(properties, JsonSerializer.Serialize(request, RequestJson.Default.RequestRecord));
        var key = TableKeys.Request(request.Id);
        return new Row(key.Partition, key.Row, properties, etag);
    }

    private static Stored<RequestRecord> FromRow(Row row) =>
        new(JsonSerializer.Deserialize(Document.Read(row), RequestJson.Default.RequestRecord)!, row.ETag!);
}
