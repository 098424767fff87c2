using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Models;

namespace Azure.Data.Tables;

public class TableClient
{
    private readonly TableRest _rest;

    internal TableClient(TableRest rest, string tableName)
    {
        _rest = rest;
        Name = tableName;
    }

    protected TableClient()
    {
    }

    public virtual string Name { get; }

    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    public virtual async Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Post, "Tables", RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new { TableName = Name })));
        message.Request.Headers.Add("Prefer", "return-no-content");
        try
        {
            return Response.FromValue(new TableItem(Name), await _rest.SendAsync(message, cancellationToken, 201, 204));
        }
        catch (RequestFailedException e) when (e is { Status: 409, ErrorCode: "TableAlreadyExists" })
        {
            return Response.FromValue(new TableItem(Name), message.Response);
        }
    }

    public virtual async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        using var message = _rest.Create(RequestMethod.Post, Name, EntityJson.Write(entity));
        message.Request.Headers.Add("Prefer", "return-no-content");
        return await _rest.SendAsync(message, cancellationToken, 201, 204);
    }

    public virtual async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        using var message = _rest.Create(RequestMethod.Get, TableRest.EntityPath(Name, partitionKey, rowKey));
        if (select is not null)
        {
            message.Request.Uri.AppendQuery("$select", string.Join(',', select));
        }

        var response = await _rest.SendAsync(message, cancellationToken, 200, 404);
        if (response.Status == 404)
        {
            return new NoValueResponse<T>(response);
        }

        using var document = JsonDocument.Parse(response.Content.ToMemory());
        return Response.FromValue((T)(object)EntityJson.Read(document.RootElement), response);
    }

    public virtual async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        var method = mode == TableUpdateMode.Replace ? RequestMethod.Put : RequestMethod.Patch;
        using var message = _rest.Create(method, TableRest.EntityPath(Name, entity), EntityJson.Write(entity));
        message.Request.Headers.Add("If-Match", ifMatch.ToString());
        return await _rest.SendAsync(message, cancellationToken, 204);
    }

    /// <summary>A row that is not there is no failure: the response then says 404.</summary>
    public virtual async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Delete, TableRest.EntityPath(Name, partitionKey, rowKey));
        message.Request.Headers.Add("If-Match", (ifMatch == default ? ETag.All : ifMatch).ToString());
        return await _rest.SendAsync(message, cancellationToken, 204, 404);
    }

    public virtual AsyncPageable<T> QueryAsync<T>(
        string filter = null, int? maxPerPage = null, IEnumerable<string> select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        new EntityPages<T>(_rest, Name, filter, maxPerPage, select, cancellationToken);

    public virtual Task<Response<IReadOnlyList<Response>>> SubmitTransactionAsync(
        IEnumerable<TableTransactionAction> transactionActions, CancellationToken cancellationToken = default) =>
        new Transaction(_rest, Name).SubmitAsync(transactionActions, cancellationToken);
}
