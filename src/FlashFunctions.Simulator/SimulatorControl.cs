using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>The simulator's own endpoints: what the phones and the providers have seen, and how the providers behave.</summary>
internal static class SimulatorControl
{
    private const int DefaultCount = 200;

    // Numbers keep their plus, so that a person can read them.
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly byte[] HomePage = LoadHomePage();

    public static void Map(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        var callbacks = simulator.State.Callbacks;
        Get("/control/phones", context => simulator.State.Phones.Latest(CountOf(context)));
        routes.MapGet("/control/phones/{number}", context => ShowPhone(context, simulator));
        Get("/control/calls", _ => new { Total = simulator.CallsPlaced, simulator.Calls });
        Get("/control/requests", context => simulator.Requests(context.Request.Query["provider"]));
        Get("/control/reports", _ => simulator.Reports);
        Get("/control/behaviours", _ => SimulatedBehaviours.All);
        Get("/control/providers", _ => SimulatedProviders.All.Select(
            name => new { Name = name, Address = simulator.AddressOf(name), Mode = simulator.ModeOf(name) }));
        Get("/control/callbacks", _ => new
        {
            Paused = callbacks.IsPaused,
            Twice = callbacks.IsTwice,
            callbacks.Waiting,
            Addresses = simulator.CallbackAddresses,
            Sent = simulator.SentCallbacks,
        });

        Set("POST", "/control/reset", context => simulator.ResetAsync(context.RequestAborted));
        Set("POST", "/control/callbacks/pause", _ => Pause(true));
        Set("POST", "/control/callbacks/resume", _ => Pause(false));
        routes.MapPost("/control/callbacks/flush", async context => await Json(
            context, new { Steps = await simulator.DeliverCallbacksAsync(all: true, context.RequestAborted) }));
        routes.MapPut("/control/callbacks", WithBody<SimulatorCallbackSetting>((_, setting) => SetCallbacks(simulator, setting)));
        routes.MapPut("/control/providers/{name}", WithBody<SimulatorProviderSetting>((context, setting) =>
            SetModeAsync(simulator, context.Request.RouteValues["name"] as string ?? "", setting)));
        routes.MapPost("/control/inbound-sms", WithBody<SimulatedInboundSms>((_, message) =>
            Task.FromResult(simulator.InjectInboundSms(message) ? null : "No address for inbound messages is configured.")));

        routes.MapGet("/", context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.Body.WriteAsync(HomePage, context.RequestAborted).AsTask();
        });

        void Get(string path, Func<HttpContext, object> read) => routes.MapGet(path, context => Json(context, read(context)));

        void Set(string method, string path, Func<HttpContext, Task> set) => routes.MapMethods(path, [method], async context =>
        {
            await set(context);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });

        Task Pause(bool isPaused)
        {
            callbacks.IsPaused = isPaused;
            return Task.CompletedTask;
        }
    }

    private static Task ShowPhone(HttpContext context, SimulatorApp simulator)
    {
        var number = context.Request.RouteValues["number"] as string ?? "";
        return SimulatedNumbers.DigitsOf(number.Trim()) is { } digits
            ? Json(context, simulator.Phone(number) ?? SimulatedPhones.Unused(digits))
            : Error(context, "That is not an E.164 number.");
    }

    private static Task<string?> SetCallbacks(SimulatorApp simulator, SimulatorCallbackSetting setting)
    {
        simulator.State.Callbacks.IsTwice = setting.Twice ?? simulator.State.Callbacks.IsTwice;
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

        if ((setting.Down is false ? SimulatedMode.Up : SimulatedModes.Parse(setting.Mode ?? "503")) is not { } mode)
        {
            return "There is no such mode.";
        }

        await simulator.SetProviderModeAsync(name, mode);
        return null;
    }

    private static int CountOf(HttpContext context) =>
        int.TryParse(context.Request.Query["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : DefaultCount;

    /// <summary>Reads a body and applies it; <paramref name="apply"/> returns what is wrong with it, or null.</summary>
    private static RequestDelegate WithBody<T>(Func<HttpContext, T, Task<string?>> apply) => async context =>
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Wire, context.RequestAborted);
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
        return Json(context, new { Error = problem });
    }

    private static Task Json(HttpContext context, object value) =>
        context.Response.WriteAsJsonAsync(value, Wire, "application/json", context.RequestAborted);

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

/// <summary>Body of <c>PUT /control/callbacks</c>; what is left out does not change. Twice: every callback is sent twice.</summary>
internal sealed record SimulatorCallbackSetting(Uri? Unibell, Uri? Bird, Uri? InboundSms, bool? Twice);
