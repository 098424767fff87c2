using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
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
internal sealed class RehearsalEndpoints(
    RehearsalSettings settings,
    RehearsalTraces traces,
    RehearsalWorld world,
    RehearsalAttack attack,
    LocalClient service,
    RequestStore requests,
    IOptions<DevelopmentAccountOptions> account,
    FunctionKey key,
    SecurityLog security,
    IConfiguration configuration)
{
    private const int LongestBody = 64 * 1024;
    private const string JsonType = "application/json; charset=utf-8";

    private static readonly JsonSerializerOptions Wire =
        new(JsonSerializerOptions.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public void Map(WebApplication app)
    {
        if (settings.IsBack)
        {
            traces.Listen();
        }

        MapReading(app);
        MapChanging(app);
    }

    private void MapReading(WebApplication app)
    {
        Read("/rehearse/state", async context => Json(new
        {
            Providers = await world.ProvidersAsync(context.RequestAborted),
            WebhooksTwice = await world.WebhooksTwiceAsync(context.RequestAborted),
            CanKill = settings.Kill is not null,
            Process = Environment.ProcessId, // Another one after a kill.
        }));
        Read("/rehearse/behaviours", _ => Task.FromResult(Json(new { Behaviours = RehearsalWorld.Behaviours(NewNumber) })));
        Read("/rehearse/phones/{number}", async context =>
            PhoneNumber.TryParse($"+{Route(context, "number").TrimStart('+')}", null, out var number)
            && await world.PhoneAsync(number.Digits, context.RequestAborted) is { } phone
                ? Json(phone)
                : Refuse(400, 11, "Invalid number", "number", "is not an E.164 number"));
        Read("/rehearse/verifications/{id}", ReadFlowAsync);
        Read("/rehearse/attack", _ => Task.FromResult(Json(attack.State)));

        void Read(string path, Func<HttpContext, Task<IResult>> read) => MapGuarded(app, HttpMethods.Get, path, read);
    }

    private void MapChanging(WebApplication app)
    {
        Change(HttpMethods.Post, "/rehearse/verifications", (context, body) =>
            CallAsync(context, "v1/verify", body.GetRawText(), LocalClient.NewTrace()));
        Change(HttpMethods.Post, "/rehearse/verifications/{id}/check", async (context, body) =>
        {
            var id = Route(context, "id");
            return Text(body, "code") is { } code
                ? await CallAsync(
                    context,
                    "v1/verify/check",
                    new JsonObject { ["requestId"] = id, ["code"] = code }.ToJsonString(),
                    await TraceOfAsync(id, context))
                : Invalid("code", "is required");
        });
        foreach (var verb in (string[])["next", "cancel"])
        {
            Change(HttpMethods.Post, $"/rehearse/verifications/{{id}}/{verb}", async (context, body) =>
            {
                var id = Route(context, "id");
                return await CallAsync(
                    context, $"v1/verify/{Uri.EscapeDataString(id)}/{verb}", body.GetRawText(), await TraceOfAsync(id, context));
            });
        }

        Change(HttpMethods.Put, "/rehearse/providers/{name}", async (context, body) =>
            Text(body, "mode") is not ("up" or "slow" or "down") ? Invalid("mode", "is up, slow or down")
            : await world.SetProviderAsync(Route(context, "name"), Text(body, "mode")!, context.RequestAborted) ? Results.NoContent()
            : Refuse(404, 10, "Invalid request", "name", "is not a provider"));
        Change(HttpMethods.Put, "/rehearse/webhooks", async (context, body) =>
        {
            if (!body.TryGetProperty("twice", out var twice) || twice.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            {
                return Invalid("twice", "is true or false");
            }

            await world.SetWebhooksTwiceAsync(twice.GetBoolean(), context.RequestAborted);
            return Results.NoContent();
        });
        Change(HttpMethods.Post, "/rehearse/kill", (context, _) => Task.FromResult(Kill(context)));
        Change(HttpMethods.Post, "/rehearse/attack", async (context, body) =>
            (Text(body, "mode") ?? "observe") is not (("observe" or "enforce") and var mode) ? Invalid("mode", "is observe or enforce")
            : await attack.StartAsync(configuration[FunctionKey.Setting]!, mode, context.RequestAborted) is { } problem
                ? Refuse(503, 50, problem)
            : Json(attack.State));
        MapGuarded(app, HttpMethods.Delete, "/rehearse/attack", async _ =>
        {
            await attack.StopAsync();
            return Json(attack.State);
        });

        void Change(string method, string path, Func<HttpContext, JsonElement, Task<IResult>> change) => MapGuarded(
            app, method, path, async context => await ReadAsync(context) is { } body
                ? await change(context, body)
                : Invalid("body", "must be a JSON object of at most 64 KiB"));
    }

    private void MapGuarded(WebApplication app, string method, string path, Func<HttpContext, Task<IResult>> answer) => app
        .MapMethods(path, [method], context => AnswerAsync(context, answer))
        .WithMetadata(HostEndpoint.Instance);

    private async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> answer)
    {
        var result = Refuse(401, 1, "Authentication required");
        if (!key.IsShownBy(context.Request))
        {
            security.OperatorKeyRefused(CallerAddress.Of(context.Request));
        }
        else
        {
            traces.Listen();
            try
            {
                result = await answer(context);
            }
            catch (Exception failed) when (
                failed is HttpRequestException or TaskCanceledException && !context.RequestAborted.IsCancellationRequested)
            {
                result = Refuse(503, 50, "The simulator does not answer");
            }
        }

        context.Response.Headers.CacheControl = "no-store";
        await result.ExecuteAsync(context);
    }

    private async Task<IResult> ReadFlowAsync(HttpContext context)
    {
        if (await FindAsync(Route(context, "id"), context) is not { Verification: not null } request)
        {
            return Refuse(404, 20, "Request not found");
        }

        var spans = ActivityContext.TryParse(request.Trace, null, out var trace) ? traces.Of(trace.TraceId) : [];
        var phone = await world.PhoneAsync(request.Number.Digits, context.RequestAborted);
        return Json(new RehearsalFlow(request, spans, traces.Find, phone?.Events ?? []).Make());
    }

    /// <summary>Calls this service over HTTP, within a trace; its answer is the answer.</summary>
    private async Task<IResult> CallAsync(HttpContext context, string path, string json, string trace)
    {
        var credentials = $"{account.Value.KeyId}:{account.Value.Secret}";
        var reply = await service.SendAsync(HttpMethod.Post, path, json, context.RequestAborted, credentials, trace: trace);
        if (reply.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait;
        }

        return TypedResults.Text(reply.Body, JsonType, reply.Status);
    }

    /// <summary>Answers first, so that the page knows that it was asked for and not a crash.</summary>
    private IResult Kill(HttpContext context)
    {
        if (settings.Kill is not { } kill)
        {
            return Refuse(409, 10, "Nobody would start this process again: it is not a child of ./run");
        }

        context.Response.OnCompleted(() =>
        {
            kill();
            return Task.CompletedTask;
        });
        return TypedResults.Text("{}"u8, JsonType, StatusCodes.Status202Accepted);
    }

    private async Task<RequestRecord?> FindAsync(string id, HttpContext context) =>
        RequestId.TryParse(id, null, out var requestId) ? (await requests.ReadAsync(requestId, context.RequestAborted))?.Value : null;

    private async Task<string> TraceOfAsync(string id, HttpContext context) =>
        ActivityContext.TryParse((await FindAsync(id, context))?.Trace, null, out var trace)
            ? trace.TraceId.ToHexString()
            : LocalClient.NewTrace();

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

    private static IResult Invalid(string field, string problem) => Refuse(400, 10, "Invalid request", field, problem);

    private static IResult Refuse(int status, int code, string reason, string? field = null, string problem = "")
    {
        var details = field is null ? null : new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [problem] };
        return Json(new { ErrorCode = code, ErrorReason = reason, Details = details }, status);
    }

    private static IResult Json(object value, int status = StatusCodes.Status200OK) => Results.Json(value, Wire, statusCode: status);
}
