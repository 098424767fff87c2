using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>The simulator's own endpoints: what the phones and the providers have seen, and how the providers behave.</summary>
internal static class SimulatorControl
{
    // Numbers keep their plus, so that a person can read them.
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Map(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        var callbacks = simulator.State.Callbacks;
        Get("/control/phones", context => simulator.State.Phones.Latest(
            int.TryParse(context.Request.Query["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 200));
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

        Post("/control/reset", context => simulator.ResetAsync(context.RequestAborted));
        Post("/control/callbacks/pause", _ => Task.FromResult(callbacks.IsPaused = true));
        Post("/control/callbacks/resume", _ => Task.FromResult(callbacks.IsPaused = false));
        routes.MapPost("/control/callbacks/flush", async context => await Json(
            context, new { Steps = await simulator.DeliverCallbacksAsync(all: true, context.RequestAborted) }));
        routes.MapPut("/control/callbacks", WithBody<SimulatorCallbackSetting>((_, setting) => setting.ApplyAsync(simulator)));
        routes.MapPut("/control/providers/{name}", WithBody<SimulatorProviderSetting>((context, setting) =>
            setting.ApplyAsync(simulator, context.Request.RouteValues["name"] as string ?? "")));
        routes.MapPost("/control/inbound-sms", WithBody<SimulatedInboundSms>((_, message) =>
            Task.FromResult(simulator.InjectInboundSms(message) ? null : "No address for inbound messages is configured.")));

        routes.MapGet("/", async context =>
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            await using var page = typeof(SimulatorControl).Assembly.GetManifestResourceStream("home.html")!;
            await page.CopyToAsync(context.Response.Body, context.RequestAborted);
        });

        void Get(string path, Func<HttpContext, object> read) => routes.MapGet(path, context => Json(context, read(context)));

        void Post(string path, Func<HttpContext, Task> act) => routes.MapPost(path, async context =>
        {
            await act(context);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    private static Task ShowPhone(HttpContext context, SimulatorApp simulator)
    {
        var number = context.Request.RouteValues["number"] as string ?? "";
        return SimulatedNumbers.DigitsOf(number.Trim()) is { } digits
            ? Json(context, simulator.Phone(number) ?? SimulatedPhones.Unused(digits))
            : Error(context, "That is not an E.164 number.");
    }

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
}

/// <summary>Body of <c>PUT /control/providers/{name}</c>: down sets the mode, 503 where none is given.</summary>
internal sealed record SimulatorProviderSetting(bool? Down, string? Mode)
{
    /// <summary>Sets the mode; returns what is wrong, or null.</summary>
    public async Task<string?> ApplyAsync(SimulatorApp simulator, string provider)
    {
        var mode = Down is false ? SimulatedMode.Up : SimulatedModes.Parse(Mode ?? "503");
        var problem = !SimulatedProviders.All.Contains(provider, StringComparer.OrdinalIgnoreCase) ? "There is no such provider."
            : mode is null ? "There is no such mode."
            : null;
        if (problem is null)
        {
            await simulator.SetProviderModeAsync(provider, mode!.Value);
        }

        return problem;
    }
}

/// <summary>Body of <c>PUT /control/callbacks</c>; what is left out does not change. Twice: every callback is sent twice.</summary>
internal sealed record SimulatorCallbackSetting(Uri? Unibell, Uri? Bird, Uri? InboundSms, bool? Twice)
{
    public Task<string?> ApplyAsync(SimulatorApp simulator)
    {
        var (callbacks, current) = (simulator.State.Callbacks, simulator.CallbackAddresses);
        callbacks.IsTwice = Twice ?? callbacks.IsTwice;
        simulator.CallbackAddresses = new SimulatedCallbackAddresses
        {
            Unibell = Unibell ?? current.Unibell,
            Bird = Bird ?? current.Bird,
            InboundSms = InboundSms ?? current.InboundSms,
        };
        return Task.FromResult<string?>(null);
    }
}
