using System.Globalization;
using System.Text.Json;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>A query, page by page: two response headers say where the next one begins.</summary>
internal sealed class EntityPages<T>(
    TableRest rest, string table, string filter, int? maxPerPage, IEnumerable<string> select, CancellationToken cancellationToken)
    : AsyncPageable<T>(cancellationToken)
    where T : class, ITableEntity
{
    public override async IAsyncEnumerable<Page<T>> AsPages(string continuationToken = null, int? pageSizeHint = null)
    {
        do
        {
            var page = await ReadAsync(continuationToken, pageSizeHint ?? maxPerPage);
            continuationToken = page.ContinuationToken;
            yield return page;
        }
        while (continuationToken is not null);
    }

    private static string Continuation(Response response)
    {
        var partition = response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var next) ? next : null;
        var row = response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out next) ? next : null;
        return partition is null && row is null ? null : $"{partition} {row}";
    }

    private static T[] Entities(Response response)
    {
        using var document = JsonDocument.Parse(response.Content.ToMemory());
        return [.. document.RootElement.GetProperty("value").EnumerateArray().Select(json => (T)(object)EntityJson.Read(json))];
    }

    private async Task<Page<T>> ReadAsync(string continuationToken, int? size)
    {
        using var message = rest.Create(RequestMethod.Get, table + "()");
        AddQuery(message.Request.Uri, continuationToken, size);
        var response = await rest.SendAsync(message, CancellationToken, 200);
        return Page<T>.FromValues(Entities(response), Continuation(response), response);
    }

    private void AddQuery(RequestUriBuilder uri, string continuationToken, int? size)
    {
        Append(uri, "$top", size?.ToString(CultureInfo.InvariantCulture));
        Append(uri, "$select", select is null ? null : string.Join(',', select));
        Append(uri, "$filter", filter);
        var next = (continuationToken ?? " ").Split(' ', 2);
        Append(uri, "NextPartitionKey", next[0]);
        Append(uri, "NextRowKey", next.Length > 1 ? next[1] : null);
    }

    private static void Append(RequestUriBuilder uri, string name, string value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            uri.AppendQuery(name, value);
        }
    }
}
