using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Substitutes;

namespace Azure.Data.Tables;

/// <summary>Shared Key Lite for the table service: https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key.</summary>
internal sealed class TableSharedKeyPolicy(SharedKey key) : HttpPipelineSynchronousPolicy
{
    public override void OnSendingRequest(HttpMessage message)
    {
        var request = message.Request;
        var date = SharedKey.Date();
        request.Headers.SetValue("x-ms-date", date);
        request.Headers.SetValue("Authorization", $"SharedKeyLite {key.Account}:{key.Sign(StringToSign(key.Account, date, request.Uri.ToUri()))}");
    }

    private static string StringToSign(string account, string date, Uri uri) => $"{date}\n/{account}{uri.AbsolutePath}{Component(uri)}";

    private static string Component(Uri uri)
    {
        var component = Array.Find(uri.Query.TrimStart('?').Split('&'), pair => pair.StartsWith("comp=", StringComparison.OrdinalIgnoreCase));
        return component is null ? "" : "?" + component;
    }
}
