using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace FlashFunctions.Simulator;

/// <summary>The simulator's own endpoints: what the phones and the providers have seen, and what they shall do.</summary>
internal static class ControlEndpoints
{
    private const int UsualCount = 200;

    // Numbers keep their plus, so that a person can read them.
    private static readonly ControlJson Wire = new(new JsonSerializerOptions(ControlJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static void Map(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        MapReading(routes, simulator);
        MapSetting(routes, simulator);
        routes.MapGet("/", HomePage.WriteAsync);
    }

    private static void MapReading(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        routes.MapGet("/control/phones", context => Json(context, simulator.LatestPhones(CountOf(context)), Wire.IReadOnlyListSimulatedPhone));
        routes.MapGet("/control/phones/{number}", context => PhoneAsync(context, simulator));
        routes.MapGet("/control/calls", context => Json(context, new CallList(simulator.CallsPlaced, simulator.Calls), Wire.CallList));
        routes.MapGet("/control/requests", context => Json(context, simulator.Requests(context.Request.Query["provider"]), Wire.IReadOnlyListSimulatedRequest));
        routes.MapGet("/control/reports", context => Json(context, simulator.Reports, Wire.IReadOnlyListSimulatedReport));
        routes.MapGet("/control/behaviours", context => Json(context, SimulatedBehaviours.All, Wire.IReadOnlyListSimulatedBehaviour));
        routes.MapGet("/control/providers", context => Json(context, StatesOf(simulator), Wire.IReadOnlyListProviderState));
        routes.MapGet("/control/callbacks", context => Json(
            context,
            new CallbackState(simulator.CallbacksPaused, simulator.WaitingCallbacks, simulator.CallbackAddresses, simulator.SentCallbacks),
            Wire.CallbackState));
    }

    private static void MapSetting(IEndpointRouteBuilder routes, SimulatorApp simulator)
    {
        routes.MapPost("/control/reset", context => Do(context, simulator.ResetAsync(context.RequestAborted)));
        routes.MapPost("/control/callbacks/pause", context => Pause(context, simulator, isPaused: true));
        routes.MapPost("/control/callbacks/resume", context => Pause(context, simulator, isPaused: false));
        routes.MapPost("/control/callbacks/flush", async context =>
            await Json(context, new Delivered(await simulator.DeliverCallbacksAsync(all: true, context.RequestAborted)), Wire.Delivered));
        routes.MapPut("/control/callbacks", With(Wire.CallbackSetting, (_, setting) => SetAddresses(simulator, setting)));
        routes.MapPut("/control/providers/{name}", With(Wire.ProviderSetting, (context, setting) => SetAsync(simulator, Name(context), setting)));
        routes.MapPost("/control/inbound-sms", With(Wire.SimulatedInboundSms, (_, message) =>
            Task.FromResult(simulator.InjectInboundSms(message) ? null : "No address for inbound messages is configured.")));
    }

    private static Task PhoneAsync(HttpContext context, SimulatorApp simulator)
    {
        var number = context.Request.RouteValues["number"] as string ?? "";
        if (E164.Digits(number.Trim()) is null)
            return Error(context, "That is no E.164 number.");
        var phone = simulator.Phone(number) ?? SimulatedPhone.Of(E164.Digits(number.Trim())!, default, ringing: null, []);
        return Json(context, phone, Wire.SimulatedPhone);
    }

    private static Task<string?> SetAddresses(SimulatorApp simulator, CallbackSetting setting)
    {
        var now = simulator.CallbackAddresses;
        simulator.CallbackAddresses = new SimulatedCallbackAddresses
        {
            Unibell = setting.Unibell ?? now.Unibell,
            Bird = setting.Bird ?? now.Bird,
            InboundSms = setting.InboundSms ?? now.InboundSms,
        };
        return Task.FromResult<string?>(null);
    }

    private static async Task<string?> SetAsync(SimulatorApp simulator, string name, ProviderSetting setting)
    {
        if (!SimulatedProviders.All.Contains(name, StringComparer.OrdinalIgnoreCase))
            return "There is no such provider.";
        var mode = setting.Down is false ? SimulatedMode.Up : Outages.Parse(setting.Mode ?? "503");
        if (mode is null)
            return "There is no such mode.";
        await simulator.SetProviderModeAsync(name, mode.Value);
        return null;
    }

    private static ProviderState[] StatesOf(SimulatorApp simulator) =>
        [.. SimulatedProviders.All.Select(name => new ProviderState(name, simulator.AddressOf(name), simulator.ModeOf(name).ToString()))];

    private static string Name(HttpContext context) => context.Request.RouteValues["name"] as string ?? "";

    private static int CountOf(HttpContext context) =>
        int.TryParse(context.Request.Query["count"], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : UsualCount;

    private static async Task Do(HttpContext context, Task act)
    {
        await act;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task Pause(HttpContext context, SimulatorApp simulator, bool isPaused)
    {
        simulator.CallbacksPaused = isPaused;
        return Do(context, Task.CompletedTask);
    }

    /// <summary>Reads a body and uses it; a sentence that comes back is what was wrong with it.</summary>
    private static RequestDelegate With<T>(JsonTypeInfo<T> type, Func<HttpContext, T, Task<string?>> use) => async context =>
    {
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            var problem = value is null ? "A body is needed." : await use(context, value);
            if (problem is null)
                context.Response.StatusCode = StatusCodes.Status204NoContent;
            else
                await Error(context, problem);
        }
        catch (JsonException unreadable)
        {
            await Error(context, unreadable.Message);
        }
    };

    private static Task Error(HttpContext context, string problem)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Json(context, new ControlError(problem), Wire.ControlError);
    }

    private static Task Json<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
