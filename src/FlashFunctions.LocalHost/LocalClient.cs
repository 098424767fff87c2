using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace FlashFunctions.LocalHost;

/// <summary>What the service answered.</summary>
internal sealed record LocalReply(int Status, byte[] Body, string? RetryAfter)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Body);
}

/// <summary>Calls this service over HTTP as anybody would, within a trace that the call names and no other.</summary>
internal sealed class LocalClient(IServer server) : IDisposable
{
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(15) };

    public static string NewTrace() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>Sends one call; the path is below the service's address.</summary>
    /// <param name="credentials">An account's <c>keyId:secret</c>.</param>
    /// <param name="functionKey">The operators' key.</param>
    /// <param name="trace">The id of the trace that it belongs to.</param>
    public async Task<LocalReply> SendAsync(
        HttpMethod method,
        string path,
        string? json,
        CancellationToken cancellationToken,
        string? credentials = null,
        string? functionKey = null,
        string? trace = null)
    {
        var address = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        using var request = new HttpRequestMessage(method, new Uri(address, path));
        request.Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json");
        if (credentials is not null)
        {
            request.Headers.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        if (functionKey is not null)
        {
            request.Headers.Add("x-functions-key", functionKey);
        }

        if (trace is not null)
        {
            request.Headers.Add("traceparent", $"00-{trace}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-01");
        }

        using var response = await _http.SendAsync(request, cancellationToken);
        return new LocalReply(
            (int)response.StatusCode,
            await response.Content.ReadAsByteArrayAsync(cancellationToken),
            response.Headers.RetryAfter?.ToString());
    }

    public void Dispose() => _http.Dispose();
}
