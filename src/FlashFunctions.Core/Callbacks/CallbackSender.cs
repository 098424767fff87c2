using System.Net;
using System.Net.Http.Headers;
using FlashFunctions.Core.Workflows;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Posts a callback: to public addresses only, signed, without following redirects. What the receiver says besides its status and
/// Retry-After is never read into memory; the connection is given up when it says too much.
/// </summary>
public sealed class CallbackSender : IDisposable
{
    /// <summary>How long a receiver has for its answer.</summary>
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

        // Our traces are no business of the receiver's.
        handler.ActivityHeadersPropagator = null;
        _http = new HttpClient(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Tries once. Throws only when <paramref name="cancellationToken"/> says so.</summary>
    public async Task<DeliveryOutcome> SendAsync(Parcel parcel, CancellationToken cancellationToken)
    {
        if (parcel.Secrets.Count == 0)
        {
            return new DeliveryOutcome.Failed("The account has no callback secret.");
        }

        if (_guard.Fault(parcel.Address) is { } fault)
        {
            return new DeliveryOutcome.Failed($"The address {fault}.");
        }

        using var patience = new CancellationTokenSource(AnswerTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = NewRequest(parcel);
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

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage NewRequest(Parcel parcel)
    {
        var content = new ReadOnlyMemoryContent(parcel.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, parcel.Address) { Content = content };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("FlashFunctions", null));
        foreach (var (name, value) in StandardWebhooks.Sign(parcel.Id, _time.GetUtcNow(), parcel.Body.Span, parcel.Secrets))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private DeliveryOutcome Read(HttpResponseMessage response) => response switch
    {
        { IsSuccessStatusCode: true } => new DeliveryOutcome.Taken(),
        { StatusCode: HttpStatusCode.Gone } => new DeliveryOutcome.Gone(),
        _ => new DeliveryOutcome.Failed($"HTTP {(int)response.StatusCode}.", RetryAfter(response.Headers.RetryAfter)),
    };

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - _time.GetUtcNow(),
        _ => null,
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
