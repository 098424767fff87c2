using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Bench.Chaos;

/// <summary>A callback as it came in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">Its body.</param>
/// <param name="Result">The result that it names.</param>
internal sealed record TakenCallback(string Id, string Body, string? Result);

/// <summary>A customer's backend: takes callbacks, one in fifty only at the second try, and remembers what each id said.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dice _dice;
    private readonly byte[] _secret = Convert.FromBase64String(DevelopmentKeys.Key);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, TakenCallback>> _byRequest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);
    private int _taken;
    private int _repeated;
    private int _wrong;

    private Backend(WebApplication app, Dice dice) => (_app, _dice) = (app, dice);

    public string Address => $"{_app.Urls.Single()}/hook";

    /// <summary>True: it takes every callback at the first try. False by default.</summary>
    public bool IsWilling { get; set; }

    public int Taken => _taken;

    public int Repeated => _repeated;

    /// <summary>Callbacks whose signature was wrong, or that said something else under an id that was known.</summary>
    public int Wrong => _wrong;

    public static async Task<Backend> StartAsync(Dice dice, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var backend = new Backend(app, dice);
        app.MapPost("/hook", backend.TakeAsync);
        await app.StartAsync(cancellationToken);
        return backend;
    }

    /// <summary>The callbacks of a request by their ids.</summary>
    public IReadOnlyDictionary<string, TakenCallback> Of(string request) =>
        _byRequest.TryGetValue(request, out var taken) ? taken : new ConcurrentDictionary<string, TakenCallback>(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        var body = copy.ToArray();
        var id = context.Request.Headers[StandardWebhooks.IdHeader].ToString();
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{context.Request.Headers[StandardWebhooks.TimestampHeader]}."), .. body];
        var signature = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_secret, signed))}";
        if (signature != context.Request.Headers[StandardWebhooks.SignatureHeader])
        {
            Interlocked.Increment(ref _wrong);
        }

        if (!IsWilling && _dice.Percent(2) && _refused.TryAdd(id, true))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        var json = JsonElement.Parse(body);
        var result = json.TryGetProperty("result", out var value) ? value.GetString() : null;
        var callback = new TakenCallback(id, Encoding.UTF8.GetString(body), result);
        var known = _byRequest.GetOrAdd(
            json.GetProperty("requestId").GetString()!, _ => new(StringComparer.Ordinal)).GetOrAdd(id, callback);
        Interlocked.Increment(ref ReferenceEquals(known, callback) ? ref _taken : ref _repeated);
        if (known.Body != callback.Body)
        {
            Interlocked.Increment(ref _wrong);
        }
    }
}
