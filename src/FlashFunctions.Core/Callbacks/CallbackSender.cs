using System.Net;
using System.Net.Http.Headers;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Callbacks;

/// <summary>One callback as it is sent: JSON, with an id that is the same for every try, signed with the account's secrets.</summary>
public sealed record OutgoingCallback(string Address, string Id, ReadOnlyMemory<byte> Body, IReadOnlyList<WebhookSecret> Secrets)
{
    /// <summary>Without the body.</summary>
    public override string ToString() => $"OutgoingCallback({Id})";
}

/// <summary>How a try ended.</summary>
public abstract record DeliveryOutcome
{
    private DeliveryOutcome() { }

    /// <summary>The receiver answered 2xx.</summary>
    public sealed record Taken : DeliveryOutcome;

    /// <summary>The receiver answered 410: it wants no more of it. A request's later callbacks are not sent either.</summary>
    public sealed record Gone : DeliveryOutcome;

    /// <summary>Anything else, a redirect and a refused address included.</summary>
    /// <param name="Reason">Of the receiver's answer only the status code.</param>
    /// <param name="RetryAfter">How long the receiver asked us to wait.</param>
    public sealed record Failed(string Reason, TimeSpan? RetryAfter = null) : DeliveryOutcome;
}

/// <summary>
/// Posts a callback: to public addresses only, signed, without following redirects. The body of the answer is never read into memory, and
/// the connection is closed when the answer is longer than 64 KiB.
/// </summary>
public sealed class CallbackSender : IDisposable
{
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(15);

    private readonly HttpClient _http;
    private readonly AddressGuard _guard;
    private readonly TimeProvider _time;

    public CallbackSender(AddressGuard guard, TimeProvider time)
    {
        (_guard, _time) = (guard, time);
        var handler = guard.CreateHandler();
        handler.MaxResponseDrainSize = 64 * 1_024;
        handler.ResponseDrainTimeout = TimeSpan.FromSeconds(1);

        // The receiver does not see our traces.
        handler.ActivityHeadersPropagator = null;
        _http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Makes one try. Throws only when <paramref name="cancellationToken"/> is canceled.</summary>
    public async Task<DeliveryOutcome> SendAsync(OutgoingCallback callback, CancellationToken cancellationToken)
    {
        if (callback.Secrets.Count == 0)
        {
            return new DeliveryOutcome.Failed("The account has no callback secret.");
        }

        if (_guard.Fault(callback.Address) is { } fault)
        {
            return new DeliveryOutcome.Failed($"The address {fault}.");
        }

        using var timeout = new CancellationTokenSource(AnswerTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = NewRequest(callback);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Read(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryOutcome.Failed($"No answer within {AnswerTime.TotalSeconds} seconds.");
        }
        catch (HttpRequestException exception)
        {
            return new DeliveryOutcome.Failed(Reason(exception));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage NewRequest(OutgoingCallback callback)
    {
        var content = new ReadOnlyMemoryContent(callback.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, callback.Address) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("FlashFunctions", null));
        foreach (var (name, value) in StandardWebhooks.Sign(callback.Id, _time.GetUtcNow(), callback.Body.Span, callback.Secrets))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private DeliveryOutcome Read(HttpResponseMessage response) => response switch
    {
        { IsSuccessStatusCode: true } => new DeliveryOutcome.Taken(),
        { StatusCode: HttpStatusCode.Gone } => new DeliveryOutcome.Gone(),
        _ => new DeliveryOutcome.Failed($"HTTP {(int)response.StatusCode}.", response.RetryAfter(_time)),
    };

    private static string Reason(HttpRequestException exception) => exception switch
    {
        { InnerException: AddressRefusedException } => "The host has an address that is not public.",
        { HttpRequestError: HttpRequestError.NameResolutionError } => "The host was not found.",
        { HttpRequestError: HttpRequestError.ConnectionError } => "No connection.",
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "No secure connection.",
        _ => "The connection ended without an answer.",
    };
}
