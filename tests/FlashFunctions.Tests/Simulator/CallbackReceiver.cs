using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace FlashFunctions.Tests.Simulator;

/// <summary>Receives the simulator's callbacks in place of a service.</summary>
internal sealed class CallbackReceiver : HttpMessageHandler
{
    private readonly ConcurrentQueue<ReceivedCallback> _received = new();

    /// <summary>What is answered; 200 unless a test says otherwise.</summary>
    public Func<ReceivedCallback, HttpStatusCode> Answer { get; set; } = _ => HttpStatusCode.OK;

    public IReadOnlyList<ReceivedCallback> Received => [.. _received];

    /// <summary>The status words in the order in which they came.</summary>
    public string Statuses => string.Join(' ', Received.Select(callback => callback.Status));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.Single(), StringComparer.OrdinalIgnoreCase);
        var callback = new ReceivedCallback(request.RequestUri!, headers, body);
        _received.Enqueue(callback);
        return new HttpResponseMessage(Answer(callback));
    }
}

/// <summary>A callback.</summary>
internal sealed record ReceivedCallback(Uri Address, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The status word, wherever the provider puts it.</summary>
    public string Status => (Json["payload"]?["status"] ?? Json["status"] ?? Json["event"])!.ToString();
}
