using System.Collections.Concurrent;
using System.Text.Json;
using FlashFunctions.ScenarioTests.Contract;
using FlashFunctions.ScenarioTests.Harness;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>One callback as it came in.</summary>
public sealed record Received(IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["webhook-id"];

    public string Text(string name) => JsonElement.Parse(Body).GetProperty(name).GetString()!;

    public bool Has(string name) => JsonElement.Parse(Body).TryGetProperty(name, out _);
}

/// <summary>
/// An account's backend on the loopback interface, which answers as a test says. What it got has to be as the OpenAPI document says.
/// </summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private Receiver(WebApplication app) => _app = app;

    /// <summary>How it answers; 200 at first.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = _ => Task.CompletedTask;

    public string Address => $"{_app.Urls.Single()}/hook";

    /// <summary>Everything that came in, also what was not answered well.</summary>
    public IReadOnlyList<Received> All => [.. _received];

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new Receiver(app);
        app.MapPost("/hook", receiver.TakeAsync);
        app.MapPost("/elsewhere", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Answers with a status and, where it is given, a Retry-After.</summary>
    public void AnswerWith(int status, string? retryAfter = null) => Answer = context =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.RetryAfter = retryAfter;
        context.Response.Headers.Location = status is >= 300 and < 400 ? "/elsewhere" : null;
        return Task.CompletedTask;
    };

    public async ValueTask DisposeAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(soon.Token);
        await _app.DisposeAsync();
        Assert.Empty(All.SelectMany(one => ContractCheck.FaultsOfCallback(one.Headers, one.Body)));
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        _received.Enqueue(new Received(
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body));
        await Answer(context);
    }
}

/// <summary>What the tests of callbacks ask of the service.</summary>
internal static class CallbackCalls
{
    public const string Number = "+37253000001";

    /// <summary>Starts a verification whose account wants callbacks, and returns its id.</summary>
    public static Task<string> VerifyAsync(this TestService service, Receiver receiver, string more = "", string number = Number) =>
        service.VerifyAsync(number, $$""","callbackUrl":"{{receiver.Address}}"{{more}}""");

    /// <summary>The callbacks of a request as GET shows them.</summary>
    public static async Task<IReadOnlyList<JsonElement>> CallbacksAsync(this TestService service, string id) =>
        [.. (await service.ReadAsync(id)).Json.GetProperty("callbacks").EnumerateArray()];

    public static string State(this JsonElement callback) => callback.GetProperty("state").GetString()!;

    public static int Tries(this JsonElement callback) => callback.GetProperty("tries").GetInt32();
}
