using System.Net.Http.Headers;
using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>A callback that was sent, and the answer to it.</summary>
/// <param name="At">When.</param>
/// <param name="Provider">The provider that sent it.</param>
/// <param name="Address">Where to.</param>
/// <param name="Body">The JSON that was sent.</param>
/// <param name="Try">1 for the first.</param>
/// <param name="Status">The HTTP status that came back, or null when none did.</param>
public sealed record SimulatedCallback(DateTimeOffset At, string Provider, Uri Address, string Body, int Try, int? Status)
{
    /// <summary>A 2xx came back.</summary>
    public bool Succeeded => Status is >= 200 and <= 299;
}

/// <summary>Posts callbacks over pooled connections and remembers the last of them.</summary>
internal sealed class SimulatedCallbackSender : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _client;
    private readonly bool _remembers;
    private readonly TimeProvider _time;

    public SimulatedCallbackSender(SimulatorOptions options, TimeProvider time)
    {
        var handler = options.CallbackHandler
            ?? new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = options.Limits.CallbacksInFlight };
        _client = new HttpClient(handler, disposeHandler: options.CallbackHandler is null) { Timeout = Timeout };
        _remembers = options.Limits.Callbacks > 0;
        _time = time;
        Sent = new BoundedList<SimulatedCallback>(options.Limits.Callbacks);
    }

    public BoundedList<SimulatedCallback> Sent { get; }

    /// <summary>Sends once; true for a 2xx.</summary>
    public async Task<bool> SendAsync(SimulatedMessage message, int attempt, CancellationToken cancellationToken)
    {
        var status = await PostAsync(message, cancellationToken);
        if (_remembers)
        {
            var body = Encoding.UTF8.GetString(message.Body);
            Sent.Add(new SimulatedCallback(_time.GetUtcNow(), message.Provider, message.Address, body, attempt, status));
        }

        return status is >= 200 and <= 299;
    }

    public void Dispose() => _client.Dispose();

    private async Task<int?> PostAsync(SimulatedMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Address) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.ContentType = Json;
        foreach (var (name, value) in message.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode;
        }
        catch (Exception failed) when (
            failed is HttpRequestException || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}

/// <summary>How a callback is repeated until it gets a 2xx.</summary>
/// <param name="Tries">The most tries; null: <see cref="SimulatorLimits.CallbackTries"/>.</param>
/// <param name="LongestPause">The longest pause between two tries.</param>
/// <param name="For">How long after the first try it is still repeated.</param>
internal sealed record SimulatedRetryPlan(int? Tries, TimeSpan LongestPause, TimeSpan For)
{
    /// <summary>Delivery reports.</summary>
    public static SimulatedRetryPlan Callback { get; } = new(null, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>Inbound messages: for 24 hours, as Lanck's document says; bounded to 200 tries.</summary>
    public static SimulatedRetryPlan InboundSms { get; } = new(200, TimeSpan.FromMinutes(10), TimeSpan.FromHours(24));

    /// <summary>The pause after a try, or null when it was the last.</summary>
    /// <param name="attempt">1 for the first try.</param>
    /// <param name="first">The pause after the first try; it doubles each time.</param>
    /// <param name="tries">The most tries where the plan names none.</param>
    /// <param name="sinceFirst">Time since the first try.</param>
    public TimeSpan? PauseAfter(int attempt, TimeSpan first, int tries, TimeSpan sinceFirst)
    {
        if (attempt >= (Tries ?? tries))
        {
            return null;
        }

        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, first.Ticks << Math.Min(attempt - 1, 20)));
        return sinceFirst + pause > For ? null : pause;
    }
}
