using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Http;
using FlashFunctions.LocalHost.Http;
using Microsoft.Extensions.Options;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>How a rehearsal runs.</summary>
/// <param name="Simulator">Where the simulated providers are.</param>
/// <param name="Kill">Kills this process so that another one takes its place; null where nobody would start one.</param>
/// <param name="IsBack">
/// Whether this process took the place of one that was killed, so that what it does from its first moment on is shown.
/// </param>
internal sealed record RehearsalSettings(Uri Simulator, Action? Kill, bool IsBack);

/// <summary>
/// What is under <c>/rehearse</c>, beside the simulated providers in development alone: what the page shows and what it does. All of it
/// asks for the function key. Calls of the API are made over HTTP, with the development account's credentials.
/// </summary>
internal sealed class RehearsalEndpoints : IAsyncDisposable
{
    private const int LongestBody = 64 * 1024;
    private const string JsonType = "application/json";

    private readonly RehearsalSettings _settings;
    private readonly RehearsalTraces _traces;
    private readonly RehearsalWorld _world;
    private readonly RehearsalAttack _attack;
    private readonly RequestStore _requests;
    private readonly DevelopmentAccountOptions _account;
    private readonly FunctionKey _key;
    private readonly SecurityLog _security;
    private readonly string? _keyText;
    private readonly Func<Uri> _address;
    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    private RehearsalEndpoints(IServiceProvider services, RehearsalSettings settings, Func<Uri> address)
    {
        _settings = settings;
        _address = address;
        _traces = services.GetRequiredService<RehearsalTraces>();
        if (settings.IsBack)
        {
            _traces.Listen();
        }

        _requests = services.GetRequiredService<RequestStore>();
        _account = services.GetRequiredService<IOptions<DevelopmentAccountOptions>>().Value;
        _key = services.GetRequiredService<FunctionKey>();
        _security = services.GetRequiredService<SecurityLog>();
        _keyText = services.GetRequiredService<IConfiguration>()[FunctionKey.Setting];
        _world = new RehearsalWorld(settings.Simulator);
        _attack = new RehearsalAttack(_requests, TimeProvider.System);
    }

    /// <summary>Maps everything. What it holds ends with the app.</summary>
    public static void Map(WebApplication app, RehearsalSettings settings, Func<Uri> address)
    {
        var endpoints = new RehearsalEndpoints(app.Services, settings, address);
        app.Lifetime.ApplicationStopped.Register(() => endpoints.DisposeAsync().AsTask().GetAwaiter().GetResult());
        RehearsalPage.Map(app);
        endpoints.MapReading(app);
        endpoints.MapChanging(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _attack.DisposeAsync();
        _world.Dispose();
        _http.Dispose();
    }

    private void MapReading(WebApplication app)
    {
        Get("/rehearse/state", async context => Answer(
            new RehearsalStateBody(
                await _world.ProvidersAsync(context.RequestAborted),
                await _world.WebhooksTwiceAsync(context.RequestAborted),
                _settings.Kill is not null,
                Environment.ProcessId),
            RehearsalJson.Default.RehearsalStateBody));
        Get("/rehearse/behaviours", _ => Task.FromResult(Answer(
            new RehearsalBehavioursBody(RehearsalWorld.Behaviours(NewNumber)), RehearsalJson.Default.RehearsalBehavioursBody)));
        Get("/rehearse/phones/{number}", async context =>
            PhoneNumber.TryParse($"+{Route(context, "number").TrimStart('+')}", null, out var number)
            && await _world.PhoneAsync(number.Digits, context.RequestAborted) is { } phone
                ? Answer(phone, RehearsalJson.Default.RehearsalPhone)
                : Refuse(400, 11, "Invalid number", "number", "is not an E.164 number"));
        Get("/rehearse/verifications/{id}", ReadFlowAsync);
        Get("/rehearse/attack", _ => Task.FromResult(Answer(_attack.State, RehearsalJson.Default.RehearsalAttackBody)));

        void Get(string path, Func<HttpContext, Task<RehearsalAnswer>> read) => MapGuarded(app, HttpMethods.Get, path, read);
    }

    private void MapChanging(WebApplication app)
    {
        Change(HttpMethods.Post, "/rehearse/verifications", (context, body) => CallAsync(context, "v1/verify", body, NewTrace()));
        Change(HttpMethods.Post, "/rehearse/verifications/{id}/check", async (context, body) =>
        {
            var id = Route(context, "id");
            var code = Text(body, "code");
            return code is null
                ? Refuse(400, 10, "Invalid request", "code", "is required")
                : await CallAsync(
                    context, "v1/verify/check", JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(
                        new RehearsalCheckBody(id, code), RehearsalJson.Default.RehearsalCheckBody)), await TraceOfAsync(id, context));
        });
        foreach (var verb in (string[])["next", "cancel"])
        {
            Change(HttpMethods.Post, $"/rehearse/verifications/{{id}}/{verb}", async (context, body) =>
            {
                var id = Route(context, "id");
                return await CallAsync(context, $"v1/verify/{Uri.EscapeDataString(id)}/{verb}", body, await TraceOfAsync(id, context));
            });
        }

        Change(HttpMethods.Put, "/rehearse/providers/{name}", async (context, body) =>
            Text(body, "mode") is not ("up" or "slow" or "down") ? Refuse(400, 10, "Invalid request", "mode", "is up, slow or down")
            : await _world.SetProviderAsync(Route(context, "name"), Text(body, "mode")!, context.RequestAborted) ? RehearsalAnswer.Done
            : Refuse(404, 10, "Invalid request", "name", "is not a provider"));
        Change(HttpMethods.Put, "/rehearse/webhooks", async (context, body) =>
        {
            if (!body.TryGetProperty("twice", out var twice) || twice.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return Refuse(400, 10, "Invalid request", "twice", "is true or false");
            }

            await _world.SetWebhooksTwiceAsync(twice.GetBoolean(), context.RequestAborted);
            return RehearsalAnswer.Done;
        });
        Change(HttpMethods.Post, "/rehearse/kill", (context, _) => Task.FromResult(Kill(context)));
        Change(HttpMethods.Post, "/rehearse/attack", async (context, body) =>
            (Text(body, "mode") ?? "observe") is not ("observe" or "enforce")
                ? Refuse(400, 10, "Invalid request", "mode", "is observe or enforce")
            : await _attack.StartAsync(_address(), _keyText!, Text(body, "mode") ?? "observe", context.RequestAborted) is { } problem
                ? Refuse(503, 50, problem, null, "")
                : Answer(_attack.State, RehearsalJson.Default.RehearsalAttackBody));
        MapGuarded(app, HttpMethods.Delete, "/rehearse/attack", async _ =>
        {
            await _attack.StopAsync();
            return Answer(_attack.State, RehearsalJson.Default.RehearsalAttackBody);
        });

        void Change(string method, string path, Func<HttpContext, JsonElement, Task<RehearsalAnswer>> change) => MapGuarded(
            app, method, path, async context => await ReadAsync(context) is { } body
                ? await change(context, body)
                : Refuse(400, 10, "Invalid request", "body", "must be a JSON object of at most 64 KiB"));
    }

    private void MapGuarded(WebApplication app, string method, string path, Func<HttpContext, Task<RehearsalAnswer>> answer) =>
        app.MapMethods(path, [method], async context =>
        {
            var result = Refuse(401, 1, "Authentication required", null, "");
            if (_key.IsShownBy(context.Request))
            {
                _traces.Listen();
                result = await AnswerAsync(context, answer);
            }
            else
            {
                _security.OperatorKeyRefused(CallerAddress.Of(context.Request));
            }

            context.Response.Headers.CacheControl = "no-store";
            context.Response.StatusCode = result.Status;
            if (result.Body is { } body)
            {
                context.Response.ContentType = $"{JsonType}; charset=utf-8";
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
            }
        }).WithMetadata(HostEndpoint.Instance);

    private static async Task<RehearsalAnswer> AnswerAsync(HttpContext context, Func<HttpContext, Task<RehearsalAnswer>> answer)
    {
        try
        {
            return await answer(context);
        }
        catch (Exception failed) when (
            failed is HttpRequestException or TaskCanceledException && !context.RequestAborted.IsCancellationRequested)
        {
            return Refuse(503, 50, "The simulator does not answer", null, "");
        }
    }

    private async Task<RehearsalAnswer> ReadFlowAsync(HttpContext context)
    {
        if (await FindAsync(Route(context, "id"), context) is not { Verification: not null } request)
        {
            return Refuse(404, 20, "Request not found", null, "");
        }

        var spans = System.Diagnostics.ActivityContext.TryParse(request.Trace, null, out var trace) ? _traces.Of(trace.TraceId) : [];
        var phone = await _world.PhoneAsync(request.Number.Digits, context.RequestAborted);
        return Answer(
            RehearsalFlow.Of(request, spans, _traces.Find, phone?.Events ?? []), RehearsalJson.Default.RehearsalFlowBody);
    }

    /// <summary>Calls this service over HTTP, within a trace; its answer is the answer.</summary>
    private async Task<RehearsalAnswer> CallAsync(HttpContext context, string path, JsonElement body, string trace)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_address(), path));
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_account.KeyId}:{_account.Secret}")));
        request.Headers.Add("traceparent", $"00-{trace}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}-01");
        request.Content = new StringContent(body.GetRawText(), Encoding.UTF8, JsonType);
        using var response = await _http.SendAsync(request, context.RequestAborted);
        if (response.Headers.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString();
        }

        return new RehearsalAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(context.RequestAborted));
    }

    /// <summary>Answers first, so that the page knows that it was asked for and not a crash.</summary>
    private RehearsalAnswer Kill(HttpContext context)
    {
        if (_settings.Kill is not { } kill)
        {
            return Refuse(409, 10, "Nobody would start this process again: it is not a child of ./run", null, "");
        }

        context.Response.OnCompleted(() =>
        {
            kill();
            return Task.CompletedTask;
        });
        return new RehearsalAnswer(202, "{}"u8.ToArray());
    }

    private async Task<RequestRecord?> FindAsync(string id, HttpContext context) =>
        RequestId.TryParse(id, null, out var key) ? (await _requests.ReadAsync(key, context.RequestAborted))?.Value : null;

    private async Task<string> TraceOfAsync(string id, HttpContext context) =>
        await FindAsync(id, context) is { } request && System.Diagnostics.ActivityContext.TryParse(request.Trace, null, out var trace)
            ? trace.TraceId.ToHexString()
            : NewTrace();

    private static string NewTrace() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    /// <summary>A number that nobody has called yet, most likely, of a phone that behaves so.</summary>
    private static string NewNumber(int ending) =>
        string.Create(CultureInfo.InvariantCulture, $"+37253{RandomNumberGenerator.GetInt32(10_000):D4}{ending:D2}");

    private static string Route(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>The body, an empty object where there is none; null where it is not a JSON object or too long.</summary>
    private static async Task<JsonElement?> ReadAsync(HttpContext context)
    {
        var read = await context.Request.BodyReader.ReadAtLeastAsync(LongestBody + 1, context.RequestAborted);
        try
        {
            return read.Buffer.Length > LongestBody ? null
                : read.Buffer.IsEmpty ? JsonElement.Parse("{}"u8)
                : JsonElement.Parse(read.Buffer.ToArray()) is { ValueKind: JsonValueKind.Object } body ? body
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            context.Request.BodyReader.AdvanceTo(read.Buffer.End);
        }
    }

    private static RehearsalAnswer Answer<T>(T value, JsonTypeInfo<T> type) => new(200, JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static RehearsalAnswer Refuse(int status, int code, string reason, string? field, string problem)
    {
        var details = field is null ? null : new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [field] = [problem] };
        var body = new RehearsalErrorBody(code, reason, details);
        return new(status, JsonSerializer.SerializeToUtf8Bytes(body, RehearsalJson.Default.RehearsalErrorBody));
    }
}

/// <summary>An answer under <c>/rehearse</c>.</summary>
internal sealed record RehearsalAnswer(int Status, byte[]? Body)
{
    public static RehearsalAnswer Done { get; } = new(204, null);
}

/// <summary>How the rehearsal is set up.</summary>
/// <param name="Providers">The simulated providers, in the order in which they are usually tried.</param>
/// <param name="WebhooksTwice">Whether every webhook comes twice.</param>
/// <param name="CanKill">Whether the process can be killed, since another one would take its place.</param>
/// <param name="Process">The id of the process; another one after a kill.</param>
internal sealed record RehearsalStateBody(IReadOnlyList<RehearsalProvider> Providers, bool WebhooksTwice, bool CanKill, int Process);

internal sealed record RehearsalBehavioursBody(IReadOnlyList<RehearsalBehaviour> Behaviours);

internal sealed record RehearsalCheckBody(string RequestId, string Code);

internal sealed record RehearsalErrorBody(int ErrorCode, string ErrorReason, Dictionary<string, IReadOnlyList<string>>? Details);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RehearsalStateBody))]
[JsonSerializable(typeof(RehearsalBehavioursBody))]
[JsonSerializable(typeof(RehearsalPhone))]
[JsonSerializable(typeof(RehearsalFlowBody))]
[JsonSerializable(typeof(RehearsalAttackBody))]
[JsonSerializable(typeof(RehearsalCheckBody))]
[JsonSerializable(typeof(RehearsalErrorBody))]
internal sealed partial class RehearsalJson : JsonSerializerContext;
