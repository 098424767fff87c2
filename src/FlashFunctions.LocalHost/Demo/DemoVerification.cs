using System.Text.Json;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Demo;

/// <summary>Does one verification as a backend and a person with a phone would.</summary>
internal sealed class DemoVerification(LocalClient service, string credentials, SimulatorApp simulator)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Verifies a number, by one provider or by whichever takes it.</summary>
    public async Task<DemoRow> RunAsync(string name, string number, string? provider, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        double Since() => TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;

        var workflow = provider is null ? "" : $$""","workflow":[{"method":"call","provider":"{{provider}}"}]""";
        var accepted = await SendAsync(
            HttpMethod.Post, "v1/verify", $$"""{"number":"{{number}}","method":"call"{{workflow}}}""", cancellationToken);
        var row = new DemoRow(name) { Accepted = Since() };
        if (!accepted.TryGetProperty("requestId", out var id))
        {
            return row with { Result = accepted.ToString() };
        }

        var caller = await UntilAsync(
            async () => simulator.Phone(number)?.LastCaller ?? await ReadAsync(id, "result", cancellationToken) switch
            {
                "pending" => null,
                var end => end,
            },
            cancellationToken);
        if (caller is not { Length: > 4 } || !char.IsAsciiDigit(caller[^1]))
        {
            return await DescribeAsync(row with { Result = $"no ring, {caller ?? "pending"}" }, id, cancellationToken);
        }

        row = row with { Ringing = Since() };
        var delivered = await UntilAsync(
            async () => await ReadAsync(id, "status", cancellationToken) == "DELIVERED" ? "" : null, cancellationToken);
        row = row with { Delivered = delivered is null ? null : Since() };
        var check = await SendAsync(
            HttpMethod.Post, "v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{caller[^4..]}}"}""", cancellationToken);
        row = row with
        {
            Checked = Since(),
            Result = check.TryGetProperty("status", out var status) ? status.GetString()! : check.ToString(),
        };
        var reported = await UntilAsync(
            async () => (await AttemptsAsync(id, cancellationToken)).Any(attempt => attempt.TryGetProperty("reported", out _)) ? "" : null,
            cancellationToken);
        row = row with
        {
            Reported = reported is null ? null : Since(),
            Report = simulator.Reports.LastOrDefault(entry => entry.Number == number[1..])?.Result,
        };
        return await DescribeAsync(row, id, cancellationToken);
    }

    private static string Describe(JsonElement attempt)
    {
        var provider = attempt.TryGetProperty("provider", out var name) ? name.GetString() : "nobody";
        var state = attempt.GetProperty("state").GetString();
        return state == "placed" ? provider! : $"{provider} ({state})";
    }

    /// <summary>Looks until there is something to see, or the time is up.</summary>
    private static async Task<string?> UntilAsync(Func<Task<string?>> look, CancellationToken cancellationToken)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(start) < Limit)
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
        row with { Providers = string.Join(", ", (await AttemptsAsync(id, cancellationToken)).Select(Describe)) };

    private async Task<JsonElement.ArrayEnumerator> AttemptsAsync(JsonElement id, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).GetProperty("attempts").EnumerateArray();

    private async Task<string?> ReadAsync(JsonElement id, string name, CancellationToken cancellationToken) =>
        (await ReadAsync(id, cancellationToken)).GetProperty(name).GetString();

    private Task<JsonElement> ReadAsync(JsonElement id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, $"v1/requests/{id}", null, cancellationToken);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken) =>
        (await service.SendAsync(method, path, json, cancellationToken, credentials)).Json;
}
