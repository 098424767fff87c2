using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Requests;

/// <summary>A record and the version of it that was read.</summary>
public sealed record Stored<T>(T Value, string ETag);

/// <summary>The table of requests. The columns beside the document are for whoever looks at the table.</summary>
public sealed class RequestStore([FromKeyedServices(TableNames.Requests)] ITable table)
{
    private const int ChunkLength = 30_000;

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
        var json = JsonSerializer.Serialize(request, RequestJson.Default.RequestRecord);
        for (var chunk = 0; chunk * ChunkLength < json.Length; chunk++)
        {
            var start = chunk * ChunkLength;
            properties[ChunkName(chunk)] = json.Length <= ChunkLength ? json : json.Substring(start, Math.Min(ChunkLength, json.Length - start));
        }

        var key = TableKeys.Request(request.Id);
        return new Row(key.Partition, key.Row, properties, etag);
    }

    private static Stored<RequestRecord> FromRow(Row row)
    {
        var json = row.Text(ChunkName(0))!;
        if (row.Text(ChunkName(1)) is not null)
        {
            var whole = new StringBuilder();
            for (var chunk = 0; row.Text(ChunkName(chunk)) is { } part; chunk++)
            {
                whole.Append(part);
            }

            json = whole.ToString();
        }

        return new Stored<RequestRecord>(JsonSerializer.Deserialize(json, RequestJson.Default.RequestRecord)!, row.ETag!);
    }

    private static string ChunkName(int chunk) => chunk switch
    {
        0 => "Data",
        1 => "Data1",
        2 => "Data2",
        _ => $"Data{chunk}",
    };
}
