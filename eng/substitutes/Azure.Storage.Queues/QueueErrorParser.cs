using System.Diagnostics.CodeAnalysis;
using System.Xml;
using System.Xml.Linq;
using Azure.Core;

namespace Azure.Storage.Queues;

/// <summary>Takes the code from the header <c>x-ms-error-code</c> and the message from the XML body.</summary>
internal sealed class QueueErrorParser : RequestFailedDetailsParser
{
    public override bool TryParse(Response response, [NotNullWhen(true)] out ResponseError error, out IDictionary<string, string> data)
    {
        data = null;
        var body = Body(response);
        var code = response.Headers.TryGetValue("x-ms-error-code", out var header) ? header : body?.Element("Code")?.Value;
        error = code is null ? null : new ResponseError(code, body?.Element("Message")?.Value ?? response.ReasonPhrase);
        return error is not null;
    }

    private static XElement Body(Response response)
    {
        try
        {
            return XElement.Load(response.Content.ToStream());
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
