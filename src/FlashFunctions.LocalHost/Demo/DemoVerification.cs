using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Demo;

/// <summary>Does one verification as a backend and a person with a phone would.</summary>
internal sealed class DemoVerification : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;
    private readonly SimulatorApp _simulator;

    public DemoVerification(Uri address, DevelopmentAccountOptions account, SimulatorApp simulator)
    {
        _simulator = simulator;
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{account.KeyId}:{account.Secret}")));
    }

    /// <summary>Verifies a number, by one provider or by whichever takes it.</summary>
    public async Task<DemoRow> RunAsync(string name, string number, string? provider, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        double Since() => TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;

        var workflow = provider is null ? "" : $$""","workflow":[{"method":"call","provider":"{{provider}}"}]""";
        var accepted = await PostAsync("v1/verify", $$"""{"number":"{{number}}","method":"call"{{workflow}}}""", cancellationToken);
        var row = new DemoRow(name) { Accepted = Since() };
        if (!accepted.TryGetProperty("requestId", out var id))
        {
            return row with { Result = accepted.ToString() };
        }

        var caller = await UntilAsync(
            async () => _simulator.Phone(number)?.LastCaller ?? await EndAsync(id, cancellationToken), cancellationToken);
        if (caller is not { Length: > 4 } || !char.IsAsciiDigit(caller[^1]))
        {
            return await DescribeAsync(row with { Result = $"no ring, {caller ?? "pending"}" }, id, cancellationToken);
        }

        row = row with { Ringing = Since() };
        var delivered = await UntilAsync(
            async () => await StatusAsync(id, cancellationToken) == "DELIVERED" ? "" : null, cancellationToken);
        row = row with { Delivered = delivered is null ? null : Since() };
        var check = await PostAsync("v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{caller[^4..]}}"}""", cancellationToken);
        row = row with
        {
            Checked = Since(),
            Result = check.TryGetProperty("status", out var status) ? status.GetString()! : check.ToString(),
        };
        var reported = await UntilAsync(
            async () => Attempts(await ReadAsync(id, cancellationToken)).Any(attempt => attempt.TryGetProperty("reported", out _))
                ? ""
                : null,
            cancellationToken);
        var report = _simulator.Reports.LastOrDefault(entry => entry.Number == number[1..]);
        row = row with
        {
            Reported = reported is null ? null : Since(),
            Report = report?.Result,
        };
        return await DescribeAsync(row, id, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string Describe(JsonElement attempt)
    {
        var provider = attempt.TryGetProperty("provider", out var name) ? name.GetString() : "nobody";
        var state = attempt.GetProperty("state").GetString();
        return state == "placed" ? provider! : $"{provider} ({state})";
    }

    private static IReadOnlyList<JsonElement> Attempts(JsonElement request) => [.. request.GetProperty("attempts").EnumerateArray()];

    private static Task<string?> UntilAsync(Func<string?> look, CancellationToken cancellationToken) =>
        UntilAsync(() => Task.FromResult(look()), cancellationToken);

    /// <summary>Looks until there is something to see, or patience runs out.</summary>
    private static async Task<string?> UntilAsync(Func<Task<string?>> look, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < Patience)
        {
            if (await look() is { } seen)
            {
                return seen;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }

        return null;
    }

    private async Task<DemoRow> DescribeAsync(DemoRow row, JsonElement id, CancellationToken cancellationToken) =>
        row with { Providers = string.Join(", ", Attempts(await ReadAsync(id, cancellationToken)).Select(Describe)) };

    private async Task<string?> StatusAsync(JsonElement id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).GetProperty("status").GetString();

    /// <summary>How it ended; null while it is open.</summary>
    private async Task<string?> EndAsync(JsonElement id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).GetProperty("result").GetString() is var result and not "pending" ? result : null;

    private async Task<JsonElement> ReadAsync(JsonElement id, CancellationToken cancellationToken) =>
        JsonElement.Parse(await _http.GetStringAsync(new Uri($"v1/requests/{id}", UriKind.Relative), cancellationToken));

    private async Task<JsonElement> PostAsync(string path, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
    }
}
