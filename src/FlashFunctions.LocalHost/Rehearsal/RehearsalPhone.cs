using System.Text.Json;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Rehearsal;

/// <summary>A simulated phone at one moment, its last calls and messages the newest first. Numbers are E.164 with their plus.</summary>
internal sealed record RehearsalPhone(string Number, string? Ringing, IReadOnlyList<RehearsalPhoneEvent> Events);

/// <summary>A call or message that was sent to a phone. Times are unix milliseconds.</summary>
/// <param name="Sequence">Counts from 1 over all phones since the simulator started.</param>
/// <param name="Kind">flashCall, spokenCall, sms, push, viber or rcs.</param>
/// <param name="Text">What the message says, or what is spoken.</param>
/// <param name="Arrived">Whether the phone rang or showed it.</param>
internal sealed record RehearsalPhoneEvent(
    long Sequence, double At, string Kind, string Provider, string? From, string? Text, bool Arrived, double? RingsUntil, string? Status);

/// <summary>What a number makes the simulated providers do, and a number that does.</summary>
internal sealed record RehearsalBehaviour(int? Ending, string Name, string Meaning, string Number);

/// <summary>How a simulated provider behaves: up, slow or down; other where something else set another mode.</summary>
internal sealed record RehearsalProvider(string Name, string Mode);

/// <summary>The simulated providers and phones, wherever they run, by their control endpoints.</summary>
internal sealed class RehearsalWorld(RehearsalSettings settings) : IDisposable
{
    private const int MostEvents = 20;

    private static readonly string[] Providers =
        [SimulatedProviders.Unibell, SimulatedProviders.Revicom, SimulatedProviders.Bird, SimulatedProviders.Lanck];

    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null })
    {
        BaseAddress = settings.Simulator,
        Timeout = TimeSpan.FromSeconds(5),
    };

    /// <summary>The phone of a number in digits without a plus; null where that is no number.</summary>
    public async Task<RehearsalPhone?> PhoneAsync(string digits, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(new Uri($"control/phones/{digits}", UriKind.Relative), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        var phone = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return new RehearsalPhone(
            phone.GetProperty("number").GetString()!,
            WithPlus(Text(phone, "ringing")),
            [.. phone.GetProperty("history").EnumerateArray().Reverse().Take(MostEvents).Select(EventOf)]);
    }

    /// <summary>Each behaviour, the ordinary one first, with a number that nobody has called yet, most likely.</summary>
    public static IReadOnlyList<RehearsalBehaviour> Behaviours(Func<int, string> newNumber) =>
    [
        .. SimulatedBehaviours.All.Prepend(SimulatedBehaviours.Ordinary).Select(behaviour =>
            new RehearsalBehaviour(behaviour.Ending, behaviour.Name, behaviour.Meaning, newNumber(behaviour.Ending ?? 1))),
    ];

    public async Task<IReadOnlyList<RehearsalProvider>> ProvidersAsync(CancellationToken cancellationToken)
    {
        var all = await _http.GetFromJsonAsync<JsonElement>(new Uri("control/providers", UriKind.Relative), cancellationToken);
        var modes = all.EnumerateArray()
            .ToDictionary(provider => Text(provider, "name")!, provider => Text(provider, "mode")!, StringComparer.Ordinal);
        return [.. Providers.Select(name => new RehearsalProvider(name, modes[name] switch
        {
            nameof(SimulatedMode.Up) => "up",
            nameof(SimulatedMode.Slow) => "slow",
            nameof(SimulatedMode.Unavailable) => "down",
            _ => "other",
        }))];
    }

    /// <summary>Makes a provider up, slow or down; false where there is no such provider.</summary>
    public async Task<bool> SetProviderAsync(string name, string mode, CancellationToken cancellationToken) =>
        Array.IndexOf(Providers, name) >= 0
        && await PutAsync($"control/providers/{name}", new { Mode = mode == "down" ? "503" : mode }, cancellationToken);

    /// <summary>Whether every webhook of what is sent comes twice.</summary>
    public async Task<bool> WebhooksTwiceAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<JsonElement>(new Uri("control/callbacks", UriKind.Relative), cancellationToken))
        .GetProperty("twice").GetBoolean();

    public Task SetWebhooksTwiceAsync(bool twice, CancellationToken cancellationToken) =>
        PutAsync("control/callbacks", new { Twice = twice }, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<bool> PutAsync<T>(string path, T setting, CancellationToken cancellationToken)
    {
        using var response = await _http.PutAsJsonAsync(new Uri(path, UriKind.Relative), setting, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    private static RehearsalPhoneEvent EventOf(JsonElement call)
    {
        var kind = Text(call, "kind")!;
        var from = Text(call, "from");
        return new RehearsalPhoneEvent(
            call.GetProperty("sequence").GetInt64(),
            RehearsalFlow.Milliseconds(call.GetProperty("at").GetDateTimeOffset().UtcDateTime),
            JsonNamingPolicy.CamelCase.ConvertName(kind),
            Text(call, "provider")!,
            kind.EndsWith("Call", StringComparison.Ordinal) ? WithPlus(from) : from,
            Text(call, "text"),
            call.GetProperty("arrived").GetBoolean(),
            call.TryGetProperty("ringsUntil", out var until) ? RehearsalFlow.Milliseconds(until.GetDateTimeOffset().UtcDateTime) : null,
            Text(call, "status"));
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string? WithPlus(string? digits) => digits is { Length: > 0 } && digits.All(char.IsAsciiDigit) ? $"+{digits}" : digits;
}
