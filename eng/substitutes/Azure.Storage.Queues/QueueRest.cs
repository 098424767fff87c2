using System.Text;
using System.Xml.Linq;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Azure.Storage.Queues;

/// <summary>The queue service's addresses, headers and bodies: https://learn.microsoft.com/rest/api/storageservices/queue-service-rest-api.</summary>
internal sealed class QueueRest(HttpPipeline pipeline, Uri endpoint, string version, QueueMessageEncoding encoding)
{
    public Uri Endpoint => endpoint;

    public HttpMessage Create(RequestMethod method, string path, BinaryData messageBody = null)
    {
        var message = pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri($"{endpoint.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}"));
        request.Headers.Add("x-ms-version", version);
        request.Headers.Add("Accept", "application/xml");
        if (messageBody is not null)
        {
            request.Content = RequestContent.Create(Encoding.UTF8.GetBytes(Envelope(messageBody)));
            request.Headers.Add("Content-Type", "application/xml");
        }

        return message;
    }

    /// <summary>Sends, and takes any status but the expected ones for a failure.</summary>
    public async Task<Response> SendAsync(HttpMessage message, CancellationToken cancellationToken, params int[] expected)
    {
        await pipeline.SendAsync(message, cancellationToken);
        return Array.IndexOf(expected, message.Response.Status) >= 0 ? message.Response : throw new RequestFailedException(message.Response);
    }

    public BinaryData Decode(string text) =>
        encoding == QueueMessageEncoding.Base64 ? BinaryData.FromBytes(Convert.FromBase64String(text)) : BinaryData.FromString(text);

    private string Envelope(BinaryData body)
    {
        var text = encoding == QueueMessageEncoding.Base64 ? Convert.ToBase64String(body.ToMemory().Span) : body.ToString();
        return new XElement("QueueMessage", new XElement("MessageText", text)).ToString(SaveOptions.DisableFormatting);
    }
}
