using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Simulator;

/// <summary>The simulator's own endpoints: what the phones and the providers have seen, and how the providers behave.</summary>
internal static class SimulatorControl
{
    private const int DefaultCount = 200;

    // Numbers keep their plus, so that a person can read them.
    private static readonly SimulatorJson Wire =
        new(new JsonSerializerOptions(SimulatorJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static readonly byte[] HomePage = LoadHomePage();

    public static void Map(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        MapReading(routes, simulator);
        MapSetting(routes, simulator);
        routes.MapGet("/", context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.Body.WriteAsync(HomePage, context.RequestAborted).AsTask();
        });
    }

    private static void MapReading(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        MapGet("/control/phones", context => simulator.LatestPhones(CountOf(context)), Wire.IReadOnlyListSimulatedPhone);
        MapGet("/control/calls", _ => new SimulatorCallList(simulator.CallsPlaced, simulator.Calls), Wire.SimulatorCallList);
        MapGet(
            "/control/requests", context => simulator.Requests(context.Request.Query["provider"]), Wire.IReadOnlyListSimulatedRequest);
        MapGet("/control/reports", _ => simulator.Reports, Wire.IReadOnlyListSimulatedReport);
        MapGet("/control/behaviours", _ => SimulatedBehaviours.All, Wire.IReadOnlyListSimulatedBehaviour);
        MapGet("/control/providers", _ => ProvidersOf(simulator), Wire.IReadOnlyListSimulatorProviderState);
        MapGet(
            "/control/callbacks",
            _ => new SimulatorCallbackState(
                simulator.CallbacksPaused,
                simulator.CallbacksTwice,
                simulator.WaitingCallbacks,
                simulator.CallbackAddresses,
                simulator.SentCallbacks),
            Wire.SimulatorCallbackState);
        routes.MapGet("/control/phones/{number}", context => ShowPhone(context, simulator));

        void MapGet<T>(string path, Func<HttpContext, T> read, JsonTypeInfo<T> type) =>
            routes.MapGet(path, context => Json(context, read(context), type));
    }

    private static void MapSetting(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        routes.MapPost("/control/reset", async context =>
        {
            await simulator.ResetAsync(context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        routes.MapPost("/control/callbacks/pause", context => Pause(context, simulator, isPaused: true));
        routes.MapPost("/control/callbacks/resume", context => Pause(context, simulator, isPaused: false));
        routes.MapPost("/control/callbacks/flush", async context => await Json(
            context,
            new SimulatorDelivered(await simulator.DeliverCallbacksAsync(all: true, context.RequestAborted)),
            Wire.SimulatorDelivered));
        routes.MapPut("/control/callbacks", WithBody(Wire.SimulatorCallbackSetting, (_, setting) => SetCallbacks(simulator, setting)));
        routes.MapPut("/control/providers/{name}", WithBody(Wire.SimulatorProviderSetting, (context, setting) =>
            SetModeAsync(simulator, context.Request.RouteValues["name"] as string ?? "", setting)));
        routes.MapPost("/control/inbound-sms", WithBody(Wire.SimulatedInboundSms, (_, message) =>
            Task.FromResult(simulator.InjectInboundSms(message) ? null : "No address for inbound messages is configured.")));
    }

    private static Task ShowPhone(HttpContext context, SimulatorApp simulator)
    {
        var number = context.Request.RouteValues["number"] as string ?? "";
        return SimulatedNumbers.DigitsOf(number.Trim()) is { } digits
            ? Json(context, simulator.Phone(number) ?? SimulatedPhones.Unused(digits), Wire.SimulatedPhone)
            : Error(context, "That is not an E.164 number.");
    }

    private static Task<string?> SetCallbacks(SimulatorApp simulator, SimulatorCallbackSetting setting)
    {
        simulator.CallbacksTwice = setting.Twice ?? simulator.CallbacksTwice;
        var current = simulator.CallbackAddresses;
        simulator.CallbackAddresses = new SimulatedCallbackAddresses
        {
            Unibell = setting.Unibell ?? current.Unibell,
            Bird = setting.Bird ?? current.Bird,
            InboundSms = setting.InboundSms ?? current.InboundSms,
        };
        return Task.FromResult<string?>(null);
    }

    private static async Task<string?> SetModeAsync(SimulatorApp simulator, string name, SimulatorProviderSetting setting)
    {
        if (!SimulatedProviders.All.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            return "There is no such provider.";
        }

        var mode = setting.Down is false ? SimulatedMode.Up : SimulatedModes.Parse(setting.Mode ?? "503");
        if (mode is null)
        {
            return "There is no such mode.";
        }

        await simulator.SetProviderModeAsync(name, mode.Value);
        return null;
    }

    private static Task Pause(HttpContext context, SimulatorApp simulator, bool isPaused)
    {
        simulator.CallbacksPaused = isPaused;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static IReadOnlyList<SimulatorProviderState> ProvidersOf(SimulatorApp simulator) =>
    [
        .. SimulatedProviders.All.Select(
            name => new SimulatorProviderState(name, simulator.AddressOf(name), simulator.ModeOf(name).ToString())),
    ];

    private static int CountOf(HttpContext context) =>
        int.TryParse(context.Request.Query["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : DefaultCount;

    /// <summary>Reads a body and applies it; <paramref name="apply"/> returns what is wrong with it, or null.</summary>
    private static RequestDelegate WithBody<T>(JsonTypeInfo<T> type, Func<HttpContext, T, Task<string?>> apply) => async context =>
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            if ((value is null ? "A body is needed." : await apply(context, value)) is { } problem)
            {
                await Error(context, problem);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        catch (JsonException unreadable)
        {
            await Error(context, unreadable.Message);
        }
    };

    private static Task Error(HttpContext context, string problem)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Json(context, new SimulatorError(problem), Wire.SimulatorError);
    }

    private static Task Json<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, "application/json", context.RequestAborted);

    private static byte[] LoadHomePage()
    {
        using var resource = typeof(SimulatorControl).Assembly.GetManifestResourceStream("home.html")
            ?? throw new InvalidOperationException("The page is not embedded.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}

/// <summary>Body of <c>PUT /control/providers/{name}</c>: down sets the mode, 503 where none is given.</summary>
internal sealed record SimulatorProviderSetting(bool? Down, string? Mode);

/// <summary>One provider as the control endpoint lists it.</summary>
internal sealed record SimulatorProviderState(string Name, Uri Address, string Mode);

/// <summary>Body of <c>PUT /control/callbacks</c>; what is left out does not change. Twice: every callback is sent twice.</summary>
internal sealed record SimulatorCallbackSetting(Uri? Unibell, Uri? Bird, Uri? InboundSms, bool? Twice);

internal sealed record SimulatorCallbackState(
    bool Paused, bool Twice, int Waiting, SimulatedCallbackAddresses Addresses, IReadOnlyList<SimulatedCallback> Sent);

internal sealed record SimulatorCallList(long Total, IReadOnlyList<SimulatedCall> Calls);

internal sealed record SimulatorDelivered(int Steps);

internal sealed record SimulatorError(string Error);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(IReadOnlyList<SimulatedPhone>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedRequest>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedReport>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatedBehaviour>))]
[JsonSerializable(typeof(IReadOnlyList<SimulatorProviderState>))]
[JsonSerializable(typeof(SimulatorCallList))]
[JsonSerializable(typeof(SimulatorCallbackState))]
[JsonSerializable(typeof(SimulatorProviderSetting))]
[JsonSerializable(typeof(SimulatorCallbackSetting))]
[JsonSerializable(typeof(SimulatedInboundSms))]
[JsonSerializable(typeof(SimulatorDelivered))]
[JsonSerializable(typeof(SimulatorError))]
internal sealed partial class SimulatorJson : JsonSerializerContext;
