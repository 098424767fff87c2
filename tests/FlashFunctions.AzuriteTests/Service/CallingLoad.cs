using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FlashFunctions.LocalHost.Service;

namespace FlashFunctions.AzuriteTests.Service;

/// <summary>An answer that was 503.</summary>
internal sealed record Unavailable(int ErrorCode, double? RetryAfter);

/// <summary>Callers who each ask for one verification after another, each for a phone of its own.</summary>
internal sealed class CallingLoad : IDisposable
{
    private readonly HttpClient _http;
    private int _phones;
    private volatile bool _ended;

    public CallingLoad(Uri address)
    {
        _http = new HttpClient { BaseAddress = address };
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceHost.KeyId}:{ServiceHost.Secret}"));
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", credentials);
    }

    /// <summary>The ids of accepted requests by their numbers.</summary>
    public ConcurrentDictionary<string, string> Accepted { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<Unavailable> Unavailable { get; } = new();

    public ConcurrentQueue<string> Others { get; } = new();

    /// <summary>Every number that was asked for.</summary>
    public IEnumerable<string> Numbers => Enumerable.Range(1, _phones).Select(Number);

    public Task RunAsync(int callers) => Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync)));

    /// <summary>Lets every caller end after the call that is under way.</summary>
    public void End() => _ended = true;

    /// <summary>Waits until so many more calls have been accepted.</summary>
    public Task UntilAcceptedAsync(int more, CancellationToken cancellationToken) =>
        UntilMoreAsync(() => Accepted.Count, more, cancellationToken);

    /// <summary>Waits until so many more calls have been answered by 503.</summary>
    public Task UntilUnavailableAsync(int more, CancellationToken cancellationToken) =>
        UntilMoreAsync(() => Unavailable.Count, more, cancellationToken);

    public void Dispose() => _http.Dispose();

    // They ring, and the provider takes its time to say so: an outage finds calls that are placed and not saved yet.
    private static string Number(int phone) => string.Create(CultureInfo.InvariantCulture, $"+37253{phone:D4}92");

    private async Task UntilMoreAsync(Func<int> count, int more, CancellationToken cancellationToken)
    {
        for (var before = count(); count() < before + more;)
        {
            Assert.False(
                cancellationToken.IsCancellationRequested,
                $"{Accepted.Count} accepted, {Unavailable.Count} unavailable, {Others.Count} others.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task CallAsync()
    {
        while (!_ended)
        {
            var number = Number(Interlocked.Increment(ref _phones));
            using var answer = await _http.PostAsJsonAsync("/v1/verify", new { number, method = "call" });
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            switch (answer.StatusCode)
            {
                case HttpStatusCode.Accepted:
                    Accepted[number] = body.GetProperty("requestId").GetString()!;
                    break;
                case HttpStatusCode.ServiceUnavailable:
                    Unavailable.Enqueue(
                        new Unavailable(body.GetProperty("errorCode").GetInt32(), answer.Headers.RetryAfter?.Delta?.TotalSeconds));
                    break;
                default:
                    Others.Enqueue($"{(int)answer.StatusCode} {body}");
                    break;
            }
        }
    }
}
