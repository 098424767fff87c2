using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;

namespace SignUp;

/// <summary>A verification that was accepted, or the next step of one. Times are unix milliseconds.</summary>
/// <param name="Hint">A sentence for the person with the phone, in their language.</param>
/// <param name="NextMethod">What comes after this step: sms, voice; null: nothing.</param>
/// <param name="NextAllowedAt">When the person may ask again, by <c>next</c> or by a new verification.</param>
public sealed record Started(
    string RequestId, string Method, int CodeLength, long ExpiresAt, string? NextMethod, long? NextAllowedAt, string? Hint);

/// <summary>What a check said.</summary>
public sealed record Checked(bool Verified, int? AttemptsLeft);

/// <summary>A refusal: an errorCode, one sentence, and what is wrong by field.</summary>
public sealed record Refused(int ErrorCode, string ErrorReason, IReadOnlyDictionary<string, string[]>? Details);

/// <summary>An answer: either what was asked for, or why not and when to come back.</summary>
public sealed record Answer<T>(T? Value, Refused? Problem, TimeSpan? RetryAfter);

/// <summary>The three calls that a sign-up needs.</summary>
public sealed class FlashFunctionsClient
{
    private readonly HttpClient _http;
    private readonly FlashFunctionsOptions _options;

    public FlashFunctionsClient(HttpClient http, IOptions<FlashFunctionsOptions> options)
    {
        (_http, _options) = (http, options.Value);
        _http.BaseAddress = _options.Address;
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_options.KeyId}:{_options.Secret}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
    }

    /// <summary>Starts a verification: a flash call, then a text message.</summary>
    /// <param name="number">In E.164 syntax.</param>
    /// <param name="reference">Our own id, by which support finds the verification.</param>
    /// <param name="language">Of the hint and the message: <c>en</c>, <c>pt-BR</c>.</param>
    /// <param name="ip">The person's address, which the fraud guard counts by.</param>
    /// <param name="deviceId">An id of the person's device or browser, for the same.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<Started>> StartAsync(
        string number, string reference, string language, string? ip, string deviceId, CancellationToken cancellationToken)
    {
        // The reference is the idempotency key too: a repeat after a lost answer sends nothing twice.
        var request = new HttpRequestMessage(HttpMethod.Post, "v1/verify")
        {
            Content = JsonContent.Create(new
            {
                number,
                reference,
                language,
                ip,
                deviceId,
                platform = "web",
                callbackUrl = _options.CallbackUrl,
                workflow = new object[] { new { method = "call" }, new { method = "sms" } },
            }),
        };
        request.Headers.Add("Idempotency-Key", reference);
        return SendAsync<Started>(request, cancellationToken);
    }

    /// <summary>Checks what the person entered.</summary>
    public Task<Answer<Checked>> CheckAsync(string requestId, string code, CancellationToken cancellationToken) => SendAsync<Checked>(
        new HttpRequestMessage(HttpMethod.Post, "v1/verify/check") { Content = JsonContent.Create(new { requestId, code }) },
        cancellationToken);

    /// <summary>Goes to the next step now: “text me instead”.</summary>
    public Task<Answer<Started>> NextAsync(string requestId, CancellationToken cancellationToken) => SendAsync<Started>(
        new HttpRequestMessage(HttpMethod.Post, $"v1/verify/{Uri.EscapeDataString(requestId)}/next"), cancellationToken);

    private async Task<Answer<T>> SendAsync<T>(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return new Answer<T>(await response.Content.ReadFromJsonAsync<T>(cancellationToken), default, null);
            }

            var problem = response.Content.Headers.ContentType?.MediaType == "application/json"
                ? await response.Content.ReadFromJsonAsync<Refused>(cancellationToken)
                : null;
            return new Answer<T>(
                default,
                problem ?? new Refused(50, response.StatusCode == HttpStatusCode.NotFound ? "Not found" : "Temporarily unavailable", null),
                response.Headers.RetryAfter?.Delta);
        }
    }
}
