namespace FlashFunctions.Bench.Chaos;

/// <summary>
/// The way of the providers' webhooks to the service: to any instance, now and then twice, late and therefore out of order, without an
/// answer, or with a forged one before it.
/// </summary>
internal sealed class Webhooks : DelegatingHandler
{
    private readonly Dice _dice;
    private readonly FastTime _time;
    private int _late;
    private int _doubled;
    private int _forged;
    private int _unanswered;
    private int _forgedTaken;

    public Webhooks(Dice dice, FastTime time)
        : base(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) => (_dice, _time) = (dice, time);

    /// <summary>Gives the instance that a webhook goes to.</summary>
    public Func<Dice, Uri> Address { get; set; } = _ => throw new InvalidOperationException();

    /// <summary>False: they go through as they are.</summary>
    public bool Disturbs { get; set; } = true;

    /// <summary>Late, twice, without an answer, forged.</summary>
    public IReadOnlyList<int> Counts => [_late, _doubled, _unanswered, _forged];

    /// <summary>Forged ones that were answered with 200.</summary>
    public int ForgedTaken => _forgedTaken;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var roll = Disturbs ? _dice.Below(100) : 100;
        switch (roll)
        {
            case < 6:
                Interlocked.Increment(ref _late);
                await Task.Delay(_dice.Milliseconds(500, 6_000), _time, cancellationToken);
                break;
            case < 12:
                Interlocked.Increment(ref _doubled);
                (await PassAsync(request, body, cancellationToken)).Dispose();
                break;
            case < 18:
                Interlocked.Increment(ref _forged);
                await ForgeAsync(request, body, cancellationToken);
                break;
            case < 22:
                Interlocked.Increment(ref _unanswered);
                (await PassAsync(request, body, cancellationToken)).Dispose();
                throw new HttpRequestException("The answer was lost.");
        }

        return await PassAsync(request, body, cancellationToken);
    }

    private async Task<HttpResponseMessage> PassAsync(
        HttpRequestMessage request, byte[] body, CancellationToken cancellationToken, bool isForged = false)
    {
        using var copy = new HttpRequestMessage(request.Method, new Uri(Address(_dice), request.RequestUri!.PathAndQuery))
        {
            Content = new ByteArrayContent(body),
        };
        foreach (var (name, values) in request.Headers.Where(_ => !isForged))
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        copy.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        return await base.SendAsync(copy, cancellationToken);
    }

    /// <summary>
    /// Somebody who knows the body, but neither the secret nor the address: without signature, app key or path token. The token's last
    /// character is left alone: simulated phones whose callbacks are forged have another one there, which a second change could undo.
    /// </summary>
    private async Task ForgeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var isBird = path.EndsWith("/bird", StringComparison.Ordinal);
        using var forged = new HttpRequestMessage(
            HttpMethod.Post, new Uri(request.RequestUri, isBird ? path : $"{path[..^2]}{(path[^2] == 'A' ? 'B' : 'A')}{path[^1]}"))
        {
            Content = new ByteArrayContent(body),
        };
        forged.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        try
        {
            using var answer = await PassAsync(forged, body, cancellationToken, isForged: true);
            if (answer.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _forgedTaken);
            }
        }
        catch (HttpRequestException)
        {
            // The instance is down.
        }
    }
}
