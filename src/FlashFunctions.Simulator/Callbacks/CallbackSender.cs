using System.Net.Http.Headers;
using System.Text;

namespace FlashFunctions.Simulator;

/// <summary>Posts callbacks over pooled connections and remembers the last of them.</summary>
internal sealed class CallbackSender : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _client;
    private readonly Ring<SimulatedCallback> _sent;
    private readonly bool _remembers;
    private readonly TimeProvider _time;

    public CallbackSender(SimulatorOptions options, TimeProvider time)
    {
        _client = options.CallbackHandler is { } handler
            ? new HttpClient(handler, disposeHandler: false)
            : new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = options.Limits.CallbacksInFlight });
        _client.Timeout = Patience;
        _sent = new Ring<SimulatedCallback>(options.Limits.Callbacks);
        _remembers = options.Limits.Callbacks > 0;
        _time = time;
    }

    public Ring<SimulatedCallback> Sent => _sent;

    /// <summary>Sends once; true for a 2xx.</summary>
    public async Task<bool> SendAsync(CallbackMessage message, int attempt, CancellationToken cancellationToken)
    {
        var status = await PostAsync(message, cancellationToken);
        if (_remembers)
            _sent.Add(new SimulatedCallback(_time.GetUtcNow(), message.Provider, message.Address, Encoding.UTF8.GetString(message.Body), attempt, status));
        return status is >= 200 and <= 299;
    }

    public void Dispose() => _client.Dispose();

    private async Task<int?> PostAsync(CallbackMessage message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, message.Address) { Content = new ByteArrayContent(message.Body) };
        request.Content.Headers.ContentType = Json;
        foreach (var (name, value) in message.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
