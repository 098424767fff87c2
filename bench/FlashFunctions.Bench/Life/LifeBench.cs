using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FlashFunctions.Bench.Chaos;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;

namespace FlashFunctions.Bench.Life;

/// <summary>What lives of verifications took, at so many in flight.</summary>
/// <param name="InFlight">How many at once.</param>
/// <param name="Count">How many in all.</param>
/// <param name="Bad">Those that did not come to their end.</param>
/// <param name="Elapsed">The whole.</param>
/// <param name="Starts">From the call of verify to its answer, in milliseconds.</param>
/// <param name="Rings">From that answer to the ring, in milliseconds; below 0 where the phone rang first.</param>
/// <param name="Checks">From the call of check to its answer, in milliseconds.</param>
/// <param name="Ends">From that answer to the callback that says so, in milliseconds.</param>
/// <param name="CpuMilliseconds">The service's processor time for each life.</param>
/// <param name="Megabytes">The service's memory afterwards.</param>
internal sealed record LifeResult(
    int InFlight, int Count, int Bad, TimeSpan Elapsed, double[] Starts, double[] Rings, double[] Checks, double[] Ends,
    double CpuMilliseconds, long Megabytes)
{
    public string Row => FormattableString.Invariant(
            $"| {InFlight} | {Count / Elapsed.TotalSeconds:F0} | {Of(Starts)} | {Of(Rings)} | {Of(Checks)} | {Of(Ends)} ")
        + FormattableString.Invariant($"| {CpuMilliseconds:F1} | {Megabytes} | {Bad} |");

    private static string Of(double[] times) => string.Create(CultureInfo.InvariantCulture, $"{At(times, 0.5):F1} / {At(times, 0.95):F1}");

    private static double At(double[] times, double share) =>
        times.Order().ElementAt(Math.Min(times.Length - 1, (int)(times.Length * share)));
}

/// <summary>
/// Whole lives of verifications: verify, ring, webhooks, check, report to the provider, callbacks. The service is a process of its own.
/// </summary>
internal static class LifeBench
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Runs lives at each of those numbers in flight, after some that only warm the service up.</summary>
    public static async Task<IReadOnlyList<LifeResult>> RunAsync(
        IReadOnlyList<(int InFlight, int Count)> runs, CancellationToken cancellationToken)
    {
        await using var world = await LifeWorld.StartAsync(countsCalls: false, cancellationToken);
        await RunAsync(world, 16, 600, cancellationToken);
        var results = new List<LifeResult>();
        foreach (var (inFlight, count) in runs)
        {
            results.Add(await RunAsync(world, inFlight, count, cancellationToken));
        }

        return results;
    }

    /// <summary>Calls of the store for each life, by table or queue and verb.</summary>
    public static async Task<IReadOnlyList<(string Call, double Each)>> CountCallsAsync(int count, CancellationToken cancellationToken)
    {
        await using var world = await LifeWorld.StartAsync(countsCalls: true, cancellationToken);
        await RunAsync(world, 1, 20, cancellationToken);
        var before = await world.Service.CountCallsAsync();
        await RunAsync(world, 1, count, cancellationToken);
        var after = await world.Service.CountCallsAsync();
        return
        [
            .. after.Select(call => (call.Key, (call.Value - before.GetValueOrDefault(call.Key)) / (double)count))
                .Where(call => call.Item2 >= 0.05).OrderBy(call => call.Key, StringComparer.Ordinal),
        ];
    }

    private static async Task<LifeResult> RunAsync(LifeWorld world, int inFlight, int count, CancellationToken cancellationToken)
    {
        var lives = new Life?[count];
        var cpu = world.Service.Cpu;
        var began = TimeProvider.System.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, count),
            new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellationToken },
            async (index, token) => lives[index] = await LiveAsync(world, token));
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        Life[] good = [.. lives.OfType<Life>()];
        if (good.Length == 0)
        {
            throw new InvalidOperationException("No verification came to its end.");
        }

        return new LifeResult(
            inFlight,
            count,
            count - good.Length,
            elapsed,
            [.. good.Select(life => life.Start)],
            [.. good.Select(life => life.Ring)],
            [.. good.Select(life => life.Check)],
            [.. good.Select(life => life.End)],
            (world.Service.Cpu - cpu).TotalMilliseconds / count,
            world.Service.Memory >> 20);
    }

    private static async Task<Life?> LiveAsync(LifeWorld world, CancellationToken cancellationToken)
    {
        var number = world.NextNumber();
        var start = TimeProvider.System.GetTimestamp();
        var body = $$"""{"number":"{{number}}","method":"call","callbackUrl":"{{world.Backend.Address}}"}""";
        var accepted = await PostAsync(world, "v1/verify", body, cancellationToken);
        var answered = TimeProvider.System.GetUtcNow();
        var started = TimeProvider.System.GetElapsedTime(start).TotalMilliseconds;
        if (accepted is not { } json || !json.TryGetProperty("requestId", out var given))
        {
            return null;
        }

        var id = given.GetString()!;
        var ring = await UntilAsync(
            () => world.Simulator.Phone(number)?.History.FirstOrDefault(call => call.Arrived), cancellationToken);
        if (ring is null
            || await UntilAsync(
                () => world.Backend.Of(id).Values
                    .FirstOrDefault(callback => callback.Body.Contains("\"DELIVERED\"", StringComparison.Ordinal)),
                cancellationToken) is null)
        {
            return null;
        }

        var check = TimeProvider.System.GetTimestamp();
        var verified = await PostAsync(
            world, "v1/verify/check", $$"""{"requestId":"{{id}}","code":"{{ring.From![^4..]}}"}""", cancellationToken);
        var checkedAt = TimeProvider.System.GetTimestamp();
        var isVerified = verified is { } verdict && verdict.TryGetProperty("verified", out var flag) && flag.GetBoolean();
        var told = await UntilAsync(
            () => world.Backend.Of(id).Values.FirstOrDefault(callback => callback.Result == "verified"), cancellationToken);
        return isVerified && told is not null
            ? new Life(
                started,
                (ring.At - answered).TotalMilliseconds,
                TimeProvider.System.GetElapsedTime(check, checkedAt).TotalMilliseconds,
                TimeProvider.System.GetElapsedTime(checkedAt).TotalMilliseconds)
            : null;
    }

    private static async Task<T?> UntilAsync<T>(Func<T?> look, CancellationToken cancellationToken)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            if (look() is { } seen)
            {
                return seen;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
        }

        return null;
    }

    private static async Task<JsonElement?> PostAsync(LifeWorld world, string path, string json, CancellationToken cancellationToken)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await world.Http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        return response.IsSuccessStatusCode ? JsonElement.Parse(await response.Content.ReadAsStringAsync(cancellationToken)) : null;
    }

    private sealed record Life(double Start, double Ring, double Check, double End);
}

/// <summary>The service in a process of its own on an embedded store, undisturbed.</summary>
internal sealed class LifeWorld : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Webhooks _webhooks;
    private int _number;

    private LifeWorld(string folder, Webhooks webhooks, SimulatorApp simulator, Backend backend, ServedProcess service, Uri address)
    {
        (_folder, _webhooks, Simulator, Backend, Service) = (folder, webhooks, simulator, backend, service);
        Http = new HttpClient { BaseAddress = address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceHost.KeyId}:{ServiceHost.Secret}")));
    }

    public SimulatorApp Simulator { get; }

    public Backend Backend { get; }

    public ServedProcess Service { get; }

    public HttpClient Http { get; }

    public static async Task<LifeWorld> StartAsync(bool countsCalls, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flash-life-").FullName;
        var time = new FastTime(TimeProvider.System.GetUtcNow(), 1);
        var webhooks = new Webhooks(new Dice(1), time) { Disturbs = false };
        var simulator = SimulatorApp.Create(new SimulatorOptions
        {
            Addresses = ServiceHost.CallbackAddresses(ServedInstance.PublicAddress),
            CallbackHandler = webhooks,
            Limits = new SimulatorLimits { Requests = 0, Callbacks = 0 },
        });
        await simulator.StartAsync(cancellationToken);
        var backend = await Backend.StartAsync(new Dice(2), cancellationToken);
        backend.IsWilling = true;
        var instance = new ServedInstance(ServedInstance.FreePort(), simulator.Address, folder, null, time) { CountsCalls = countsCalls };
        webhooks.Address = _ => instance.Address;
        var service = ServedProcess.Start(instance, _ => { });
        return await service.WaitAsync()
            ? new LifeWorld(folder, webhooks, simulator, backend, service, instance.Address)
            : throw new InvalidOperationException("The service did not start.");
    }

    public string NextNumber()
    {
        var number = Interlocked.Increment(ref _number);
        return string.Create(CultureInfo.InvariantCulture, $"+49150{number / 60:D6}{number % 60:D2}");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Service.Dispose();
        await Simulator.DisposeAsync();
        _webhooks.Dispose();
        await Backend.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
