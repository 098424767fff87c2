using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Bench.Chaos;
using FlashFunctions.Simulator;

namespace FlashFunctions.Bench.Fuzz;

/// <summary>
/// Takes the providers' webhooks to the service, and keeps some of each provider to be sent again, spoiled: Bird's signed again, so that it
/// is not the signature alone that refuses them.
/// </summary>
internal sealed class CapturedWebhooks : DelegatingHandler
{
    private const int MostOfEach = 50;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<FuzzCall>> _byProvider = new(StringComparer.Ordinal);

    public CapturedWebhooks()
        : base(new SocketsHttpHandler())
    {
    }

    public Uri? Service { get; set; }

    /// <summary>One that came before, spoiled; null as long as none has come.</summary>
    public FuzzCall? Next(Dice dice)
    {
        var kinds = _byProvider.Where(pair => !pair.Value.IsEmpty).OrderBy(pair => pair.Key, StringComparer.Ordinal).ToArray();
        if (kinds.Length == 0)
        {
            return null;
        }

        var (provider, kept) = dice.Of(kinds);
        var call = dice.Of([.. kept]);
        var body = dice.Percent(85) ? Spoiler.Body(call.Body!, dice) : call.Body!;
        var path = dice.Percent(92)
            ? call.Path
            : dice.Of(
                [
                    call.Path + "A", call.Path[..^3], $"/webhooks/{provider}/%2e%2e/x", $"/webhooks/{provider}/",
                    call.Path.ToUpperInvariant()
                ]);
        return call with
        {
            Body = body,
            Path = path,
            Headers = provider == SimulatedProviders.Bird && dice.Percent(90) ? Signed(path, body) : call.Headers,
        };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        var kept = _byProvider.GetOrAdd(path.Split('/')[2], _ => new());
        var headers = request.Headers.Select(header => (header.Key, string.Join(',', header.Value))).ToArray();
        kept.Enqueue(
            new FuzzCall(
                HttpMethod.Post, path, await request.Content!.ReadAsByteArrayAsync(cancellationToken), "application/json", headers));
        while (kept.Count > MostOfEach)
        {
            kept.TryDequeue(out _);
        }

        request.RequestUri = new Uri(Service!, path);
        return await base.SendAsync(request, cancellationToken);
    }

    private static (string, string)[] Signed(string path, byte[] body)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}\n{ServedInstance.PublicAddress}{path}\n"), .. SHA256.HashData(body)];
        var signature = HMACSHA256.HashData(Encoding.UTF8.GetBytes(SimulatorDefaults.BirdSigningKey), signed);
        return [("messagebird-signature", Convert.ToBase64String(signature)), ("messagebird-request-timestamp", timestamp)];
    }
}
