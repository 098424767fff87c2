using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>
/// Requests as the providers want them: an address below a configured one, one credential in a header, a body that is sent once.
/// </summary>
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

/// <summary>Sends one request, once, and disposes it. How that ended is a result; only the caller's own cancellation throws.</summary>
internal static class HttpExchange
{
    /// <summary>Bytes of an answer that are read; every documented one is under 2 KiB.</summary>
    public const int LongestAnswer = 64 * 1024;

    public static async Task<Exchange> ExchangeAsync(
        this HttpClient http, HttpRequestMessage request, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var sent = request;
        using var expiry = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return new Exchange.Answered(
                (int)response.StatusCode, await ReadAsync(response.Content, both.Token, cancellationToken), response.RetryAfter(time));
        }
        catch (Exception failure) when (IsTransport(failure, cancellationToken))
        {
            return request.Content is SingleSendContent { HasLeft: true }
                ? new Exchange.Lost($"no answer: {Kind(failure)}")
                : new Exchange.NeverLeft($"not connected: {Kind(failure)}");
        }
    }

    // The status alone already says a lot (a 503 is not sent, with or without a body), so a body that breaks off does not lose it.
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(
        HttpContent content, CancellationToken limit, CancellationToken cancellationToken)
    {
        try
        {
            await content.LoadIntoBufferAsync(LongestAnswer, limit);
            return await content.ReadAsByteArrayAsync(limit);
        }
        catch (Exception failure) when (IsTransport(failure, cancellationToken))
        {
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private static bool IsTransport(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private static string Kind(Exception failure) => failure switch
    {
        OperationCanceledException => "time-out",
        HttpRequestException request => request.HttpRequestError.ToString(),
        _ => "connection broken",
    };

    /// <summary>How long the answer asks us to wait, zero or more; null where it does not.</summary>
    public static TimeSpan? RetryAfter(this HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}

/// <summary>How one HTTP exchange with a provider ended, before anybody reads what the answer means.</summary>
internal abstract record Exchange
{
    private Exchange() { }

    /// <summary>
    /// A status line came back. The body is empty when it could not be read, or was longer than <see cref="HttpExchange.LongestAnswer"/>.
    /// </summary>
    internal sealed record Answered(int Status, ReadOnlyMemory<byte> Body, TimeSpan? RetryAfter) : Exchange
    {
        public bool IsSuccess => Status is >= 200 and <= 299;

        /// <summary>Without the body, which may hold a caller number.</summary>
        public override string ToString() => $"Answered({Status})";
    }

    /// <summary>No byte of the request's body left: no connection, no name, no TLS.</summary>
    internal sealed record NeverLeft(string Reason) : Exchange;

    /// <summary>The request left, and no answer came back: the provider may have acted on it.</summary>
    internal sealed record Lost(string Reason) : Exchange;
}

/// <summary>
/// A request body that knows whether it was ever handed to a connection, which is the line between “certainly not sent” and
/// “may have been received”, and that cannot be sent a second time. The handler repeats a request by itself only while its body has not
/// been touched (a pooled connection that the server closed meanwhile); should it ever do more, this refuses.
/// </summary>
internal sealed class SingleSendContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> _body;
    private int _writes;

    public SingleSendContent(ReadOnlyMemory<byte> body, string mediaType)
    {
        _body = body;
        Headers.ContentType = new MediaTypeHeaderValue(mediaType);
    }

    /// <summary>True from the moment the connection asked for the first byte.</summary>
    public bool HasLeft => Volatile.Read(ref _writes) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _writes) > 1)
        {
            throw new HttpRequestException("A provider request is never sent twice.");
        }

        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _body.Length;
        return true;
    }
}
