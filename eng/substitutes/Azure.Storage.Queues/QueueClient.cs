using System.Globalization;
using System.Xml.Linq;
using Azure.Core;
using Azure.Storage.Queues.Models;

namespace Azure.Storage.Queues;

public class QueueClient
{
    private readonly QueueRest _rest;
    private readonly string _name;

    internal QueueClient(QueueRest rest, string queueName)
    {
        _rest = rest;
        _name = queueName;
    }

    protected QueueClient()
    {
    }

    /// <summary>Null when the queue exists already.</summary>
    public virtual async Task<Response> CreateIfNotExistsAsync(
        IDictionary<string, string> metadata = null, CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Put, _name);
        var response = await _rest.SendAsync(message, cancellationToken, 201, 204);
        return response.Status == 201 ? response : null;
    }

    public virtual async Task<Response<SendReceipt>> SendMessageAsync(
        string messageText, TimeSpan? visibilityTimeout = null, TimeSpan? timeToLive = null, CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Post, _name + "/messages", BinaryData.FromString(messageText));
        Append(message.Request.Uri, "visibilitytimeout", visibilityTimeout);
        Append(message.Request.Uri, "messagettl", timeToLive);
        var response = await _rest.SendAsync(message, cancellationToken, 201);
        var sent = Messages(response).Single();
        return Response.FromValue(new SendReceipt { MessageId = Text(sent, "MessageId") }, response);
    }

    public virtual async Task<Response<QueueMessage[]>> ReceiveMessagesAsync(
        int? maxMessages = null, TimeSpan? visibilityTimeout = null, CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Get, _name + "/messages");
        message.Request.Uri.AppendQuery("numofmessages", (maxMessages ?? 1).ToString(CultureInfo.InvariantCulture));
        Append(message.Request.Uri, "visibilitytimeout", visibilityTimeout);
        var response = await _rest.SendAsync(message, cancellationToken, 200);
        return Response.FromValue(Messages(response).Select(Read).ToArray(), response);
    }

    public virtual async Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default)
    {
        using var message = _rest.Create(RequestMethod.Delete, $"{_name}/messages/{messageId}");
        message.Request.Uri.AppendQuery("popreceipt", popReceipt);
        return await _rest.SendAsync(message, cancellationToken, 204);
    }

    public virtual async Task<Response<UpdateReceipt>> UpdateMessageAsync(
        string messageId, string popReceipt, BinaryData message, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        using var update = _rest.Create(RequestMethod.Put, $"{_name}/messages/{messageId}", message);
        update.Request.Uri.AppendQuery("popreceipt", popReceipt);
        Append(update.Request.Uri, "visibilitytimeout", visibilityTimeout);
        var response = await _rest.SendAsync(update, cancellationToken, 204);
        var receipt = response.Headers.TryGetValue("x-ms-popreceipt", out var value) ? value : null;
        return Response.FromValue(new UpdateReceipt { PopReceipt = receipt }, response);
    }

    private static IEnumerable<XElement> Messages(Response response) => XElement.Load(response.Content.ToStream()).Elements("QueueMessage");

    private static string Text(XElement message, string name) => message.Element(name)?.Value;

    private static void Append(RequestUriBuilder uri, string name, TimeSpan? seconds)
    {
        if (seconds is { } value)
        {
            uri.AppendQuery(name, ((int)value.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        }
    }

    private QueueMessage Read(XElement message) => new()
    {
        MessageId = Text(message, "MessageId"),
        PopReceipt = Text(message, "PopReceipt"),
        Body = _rest.Decode(Text(message, "MessageText") ?? ""),
        DequeueCount = long.Parse(Text(message, "DequeueCount") ?? "0", NumberStyles.None, CultureInfo.InvariantCulture),
        InsertedOn = DateTimeOffset.Parse(Text(message, "InsertionTime") ?? "", CultureInfo.InvariantCulture),
    };
}
