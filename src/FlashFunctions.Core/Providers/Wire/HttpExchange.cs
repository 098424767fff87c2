namespace FlashFunctions.Core.Providers.Wire;

/// <summary>Sends one request, once, and tells how that ended without throwing; only the caller's own cancellation throws.</summary>
internal static class HttpExchange
{
    /// <summary>Bytes of an answer that are read; every documented one is under 2 KiB.</summary>
    public const int LongestAnswer = 64 * 1024;

    public static async Task<Exchange> ExchangeAsync(
        this HttpClient http, HttpRequestMessage request, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
            return new Exchange.Answered(
                (int)response.StatusCode, await ReadAsync(response.Content, both.Token, cancellationToken), RetryAfter(response, time));
        }
        catch (Exception failure) when (IsTransport(failure, cancellationToken))
        {
            return request.Content is SingleSendContent { HasLeft: true }
                ? new Exchange.Lost($"no answer: {Kind(failure)}")
                : new Exchange.NeverLeft($"not connected: {Kind(failure)}");
        }
    }

    // The status alone already says a lot (a 503 is not sent, with or without a body), so a body that breaks off does not lose it.
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken limit, CancellationToken cancellationToken)
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

    private static TimeSpan? RetryAfter(HttpResponseMessage response, TimeProvider time)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date - time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
