using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Substitutes;

namespace Azure.Storage.Queues;

/// <summary>Shared Key for the queue service: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.</summary>
internal sealed class QueueSharedKeyPolicy(SharedKey key) : HttpPipelineSynchronousPolicy
{
    private static readonly string[] SignedHeaders =
    [
        "Content-Encoding", "Content-Language", "Content-Length", "Content-MD5", "Content-Type", "Date",
        "If-Modified-Since", "If-Match", "If-None-Match", "If-Unmodified-Since", "Range",
    ];

    public override void OnSendingRequest(HttpMessage message)
    {
        message.Request.Headers.SetValue("x-ms-date", SharedKey.Date());
        message.Request.Headers.SetValue("Authorization", $"SharedKey {key.Account}:{key.Sign(StringToSign(key.Account, message.Request))}");
    }

    private static string StringToSign(string account, Request request)
    {
        var text = new StringBuilder(request.Method.Method).Append('\n');
        foreach (var name in SignedHeaders)
        {
            text.Append(Signed(request, name)).Append('\n');
        }

        AppendServiceHeaders(text, request);
        AppendResource(text, account, request.Uri.ToUri());
        return text.ToString();
    }

    // The length is signed as it will be sent, though the transport is what sets it; a length of zero is signed as nothing.
    private static string Signed(Request request, string name)
    {
        if (!string.Equals(name, "Content-Length", StringComparison.Ordinal))
        {
            return SharedKey.Header(request, name);
        }

        return request.Content is not null && request.Content.TryComputeLength(out var length) && length > 0 ? length.ToString() : "";
    }

    private static void AppendServiceHeaders(StringBuilder text, Request request)
    {
        var headers = request.Headers
            .Select(header => (Name: header.Name.ToLowerInvariant(), header.Value))
            .Where(header => header.Name.StartsWith("x-ms-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal);
        foreach (var (name, value) in headers)
        {
            text.Append(name).Append(':').Append(value.Trim()).Append('\n');
        }
    }

    private static void AppendResource(StringBuilder text, string account, Uri uri)
    {
        text.Append('/').Append(account).Append(uri.AbsolutePath);
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .Select(pair => (Name: Uri.UnescapeDataString(pair[0]).ToLowerInvariant(), Value: pair.Length > 1 ? Uri.UnescapeDataString(pair[1]) : ""))
            .OrderBy(pair => pair.Name, StringComparer.Ordinal);
        foreach (var (name, value) in parameters)
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }
    }
}
