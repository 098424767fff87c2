using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Data.Tables;

/// <summary>The table service's addresses and headers: https://learn.microsoft.com/rest/api/storageservices/table-service-rest-api.</summary>
internal sealed class TableRest(HttpPipeline pipeline, Uri endpoint, string version)
{
    internal const string Json = "application/json;odata=minimalmetadata";

    public static string EntityPath(string table, ITableEntity entity) => EntityPath(table, entity.PartitionKey, entity.RowKey);

    public static string EntityPath(string table, string partitionKey, string rowKey) =>
        $"{table}(PartitionKey='{Key(partitionKey)}',RowKey='{Key(rowKey)}')";

    public HttpMessage Create(RequestMethod method, string path, RequestContent content = null)
    {
        var message = pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri(AddressOf(path)));
        request.Headers.Add("x-ms-version", version);
        request.Headers.Add("DataServiceVersion", "3.0");
        request.Headers.Add("Accept", Json);
        if (content is not null)
        {
            request.Content = content;
            request.Headers.Add("Content-Type", Json);
        }

        return message;
    }

    public string AddressOf(string path) => $"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}";

    /// <summary>Sends, and takes any status but the expected ones for a failure.</summary>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params int[] expected)
    {
        await pipeline.SendAsync(message, cancellationToken);
        return Array.IndexOf(expected, message.Response.Status) >= 0 ? message.Response : throw new RequestFailedException(message.Response);
    }

    private static string Key(string key) => Uri.EscapeDataString(QueryFilter.EscapeQuotes(key));
}
