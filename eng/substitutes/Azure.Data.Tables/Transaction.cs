using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace Azure.Data.Tables;

/// <summary>
/// An entity group transaction: one multipart body with a request an action, all of them or none.
/// https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions
/// </summary>
internal sealed class Transaction(TableRest rest, string table)
{
    public async Task<Response<IReadOnlyList<Response>>> SubmitAsync(IEnumerable<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        var batch = "batch_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        using var message = rest.Create(RequestMethod.Post, "$batch", Body(batch, [.. actions]));
        message.Request.Headers.SetValue("Content-Type", "multipart/mixed; boundary=" + batch);
        var response = await rest.SendAsync(message, cancellationToken, 202);
        var parts = TransactionPart.ReadAll(response);
        return parts.Find(part => part.IsError) is { } failed
            ? throw new TableTransactionFailedException(new RequestFailedException(failed, null, new TableErrorParser()))
            : Response.FromValue<IReadOnlyList<Response>>(parts, response);
    }

    private RequestContent Body(string batch, TableTransactionAction[] actions)
    {
        if (actions.Length == 0)
        {
            throw new InvalidOperationException("A transaction needs an action.");
        }

        var changes = "changeset_" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var body = new StringBuilder($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n\r\n");
        foreach (var action in actions)
        {
            body.Append(CultureInfo.InvariantCulture, $"--{changes}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n");
            AppendDelete(body, action);
        }

        body.Append(CultureInfo.InvariantCulture, $"--{changes}--\r\n--{batch}--\r\n");
        return RequestContent.Create(Encoding.UTF8.GetBytes(body.ToString()));
    }

    private void AppendDelete(StringBuilder body, TableTransactionAction action)
    {
        var address = rest.AddressOf(TableRest.EntityPath(table, action.Entity));
        var condition = action.ETag == default ? ETag.All : action.ETag;
        body.Append(CultureInfo.InvariantCulture, $"DELETE {address} HTTP/1.1\r\nAccept: {TableRest.Json}\r\nIf-Match: {condition}\r\n\r\n\r\n");
    }
}
