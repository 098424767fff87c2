using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FlashFunctions.Cli.Output;

namespace FlashFunctions.Cli.Service;

/// <summary>What the service said: the body, or in one line why not.</summary>
internal abstract record Reply
{
    private Reply()
    {
    }

    public sealed record Done(JsonElement Body) : Reply;

    /// <summary>The body is the service's refusal, where it was the service that refused.</summary>
    public sealed record Failed(string Why, JsonElement? Body = null) : Reply;
}

/// <summary>The function key that an operator's call shows.</summary>
/// <param name="Value">The key.</param>
/// <param name="IsGiven">False: nobody gave one, and this is the development key.</param>
internal sealed record FunctionKey(string Value, bool IsGiven);

/// <summary>Calls of the service: an operator's with the function key, an account's with its token.</summary>
internal sealed class ServiceClient(Uri address, FunctionKey? key) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>An operator's call; the path is below <c>manage/</c>.</summary>
    public async Task<Reply> AsOperatorAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = NewRequest(method, $"manage/{path}", body);
        if (key is not null && !request.Headers.TryAddWithoutValidation("x-functions-key", key.Value))
        {
            return new Reply.Failed("The function key has characters that no header can hold.");
        }

        var refusal = key is { IsGiven: true }
            ? "The function key was refused."
            : "A function key is needed: --key or FLASHFUNCTIONS_KEY.";
        return await SendAsync(request, refusal, cancellationToken);
    }

    /// <summary>A call in the name of an account, with its token as <c>keyId:secret</c>.</summary>
    public async Task<Reply> AsAccountAsync(
        HttpMethod method, string path, JsonObject? body, string token, CancellationToken cancellationToken)
    {
        using var request = NewRequest(method, path, body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(token)));
        return await SendAsync(request, "The token was refused.", cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage NewRequest(HttpMethod method, string path, JsonObject? body) => new(method, path)
    {
        Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
    };

    private async Task<Reply> SendAsync(HttpRequestMessage request, string whenUnauthorised, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var body = response is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: "text/csv" }
                ? JsonSerializer.SerializeToElement(text, CliJson.Default.String)
                : Read(text);
            return body switch
            {
                { } json when response.IsSuccessStatusCode => new Reply.Done(json),
                { } json when RefusalIn(json) is { } refusal => new Reply.Failed(refusal, json),
                _ when response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new Reply.Failed(whenUnauthorised),
                _ => new Reply.Failed($"{_http.BaseAddress} answered {(int)response.StatusCode}, and not as this service does."),
            };
        }
        catch (HttpRequestException exception)
        {
            return new Reply.Failed($"{_http.BaseAddress} cannot be reached: {exception.Message.ReplaceLineEndings(" ")}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Reply.Failed($"{_http.BaseAddress} did not answer within {_http.Timeout.TotalSeconds:0} seconds.");
        }
    }

    private static JsonElement? Read(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The service's refusal in one line; null where the body is none.</summary>
    private static string? RefusalIn(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("errorCode", out var code)
            || !body.TryGetProperty("errorReason", out var reason))
        {
            return null;
        }

        var details = body.TryGetProperty("details", out var fields) && fields.ValueKind == JsonValueKind.Object
            ? string.Join(
                "; ", fields.EnumerateObject().SelectMany(field => field.Value.EnumerateArray().Select(why => $"{field.Name} {why}")))
            : "";
        return $"{reason} (errorCode {code}){(details.Length > 0 ? $": {details}" : "")}".ReplaceLineEndings(" ");
    }
}
