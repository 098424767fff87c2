using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>Requests as the providers want them: an address below a configured one, one credential in a header, a body that is sent once.</summary>
internal static class ProviderRequests
{
    public static HttpRequestMessage PostJson<T>(string baseAddress, string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, Address(baseAddress, path))
        {
            Content = new SingleSendContent(JsonSerializer.SerializeToUtf8Bytes(body, type), "application/json"),
        };

    public static async Task<HttpRequestMessage> PostFormAsync(
        string baseAddress, string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var form = new FormUrlEncodedContent(fields);
        return new HttpRequestMessage(HttpMethod.Post, Address(baseAddress, path))
        {
            Content = new SingleSendContent(await form.ReadAsByteArrayAsync(), "application/x-www-form-urlencoded"),
        };
    }

    public static HttpRequestMessage Get(string baseAddress, string path) => new(HttpMethod.Get, Address(baseAddress, path));

    public static HttpRequestMessage Authorized(this HttpRequestMessage request, string scheme, string credential)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue(scheme, credential);
        return request;
    }

    private static Uri Address(string baseAddress, string path) => new($"{baseAddress.TrimEnd('/')}/{path}");
}
