using System.Collections.Concurrent;
using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.Bench.Chaos;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;

namespace FlashFunctions.Bench.Fuzz;

/// <summary>What came of a run.</summary>
/// <param name="Statuses">How often each status was answered.</param>
/// <param name="Faults">What must not be.</param>
/// <param name="Memory">The service's memory at tenths of the run.</param>
internal sealed record FuzzResult(
    IReadOnlyDictionary<int, int> Statuses, IReadOnlyCollection<string> Faults, IReadOnlyList<ServedMemory> Memory)
{
    public int Sent => Statuses.Values.Sum();
}

/// <summary>
/// Calls that the OpenAPI document describes, and webhooks as the providers send them, spoiled in every way. No answer may be a 5xx but
/// 503, take longer than five seconds, or show a secret, a code or a caller number; no line of the log may hold one, or a phone number.
/// </summary>
internal sealed partial class FuzzRun(int count, ulong seed, TextWriter output, Func<HttpResponseMessage, Task>? check = null)
{
    private const int InFlight = 8;
    private const int MostKnown = 500;
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);

    private static readonly string[] Secrets =
    [
        Canary.Device, Canary.Secret, ServiceHost.Secret, ServiceHost.DevelopmentFunctionKey, DevelopmentKeys.Key,
        SimulatorDefaults.BirdAccessKey,
        SimulatorDefaults.BirdSigningKey, SimulatorDefaults.LanckSecret, SimulatorDefaults.UnibellAccessKey,
        SimulatorDefaults.UnibellAppKey,
    ];

    private readonly ConcurrentQueue<string> _known = new();
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentDictionary<int, int> _statuses = new();
    private double _slowest;

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var requests = new Option<int>("-n") { Description = "Calls, 100 to 10,000,000.", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<ulong>("--seed") { Description = "Repeats them.", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "fuzz",
            "Sends calls out of the OpenAPI document and providers' webhooks, spoiled in every way, to a service of its own.") { requests,
            seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var run = new FuzzRun(Math.Clamp(parsed.GetValue(requests), 100, 10_000_000), parsed.GetValue(seed), Console.Out);
            return (await run.RunAsync(cancellationToken)).Faults.Count == 0 ? 0 : 1;
        });
        return command;
    }

    public async Task<FuzzResult> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flash-fuzz-").FullName;
        try
        {
            var time = new FastTime(TimeProvider.System.GetUtcNow(), 1);
            using var captured = new CapturedWebhooks();
            await using var simulator = SimulatorApp.Create(new SimulatorOptions
            {
                Addresses = ServiceHost.CallbackAddresses(ServedInstance.PublicAddress),
                CallbackHandler = captured,
                Limits = new SimulatorLimits { Calls = 10_000, Phones = 1_000_000, Requests = 0, Callbacks = 0, CallbackTries = 2 },
            });
            await simulator.StartAsync(cancellationToken);
            var instance = new ServedInstance(ServedInstance.FreePort(), simulator.Address, folder, null, time) { LogsEverything = true };
            var log = new ServedLog { Canaries = [Canary.Text, .. Secrets] };
            using var service = ServedProcess.Start(instance, log.Take);
            if (!await service.WaitAsync())
            {
                throw new InvalidOperationException("The service did not start.");
            }

            captured.Service = instance.Address;
            var memory = await SendAllAsync(instance.Address, service, simulator, captured, cancellationToken);
            foreach (var leak in log.Leaks)
            {
                _faults.Enqueue($"in the log: {leak}");
            }

            if (service.HasExited)
            {
                _faults.Enqueue("The service ended.");
            }

            var result = new FuzzResult(_statuses, _faults, memory);
            await WriteAsync(result, log);
            return result;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<ServedMemory>> SendAllAsync(
        Uri address, ServedProcess service, SimulatorApp simulator, CapturedWebhooks captured, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = InFlight, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromSeconds(60),
        };
        using var contract = JsonDocument.Parse(await client.GetStringAsync(new Uri("openapi.json", UriKind.Relative), cancellationToken));
        var grammar = new FuzzGrammar(contract, dice => _known.IsEmpty ? null : _known.ElementAt(dice.Below(Math.Min(_known.Count, 20))));
        var memory = new List<ServedMemory>();
        var all = new Dice(seed);
        const int Parts = 10;
        for (var part = 0; part < Parts; part++)
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(count / Parts * part, count / Parts),
                new ParallelOptions { MaxDegreeOfParallelism = InFlight, CancellationToken = cancellationToken },
                async (ordinal, token) =>
                {
                    var dice = all.For(ordinal);
                    var call = dice.Percent(15) && captured.Next(dice) is { } webhook
                        ? webhook
                        : grammar.Next(dice, $"{ServiceHost.KeyId}:{ServiceHost.Secret}", ServiceHost.DevelopmentFunctionKey);
                    await SendAsync(client, simulator, call, ordinal, token);
                });
            memory.Add(await service.MeasureMemoryAsync());
        }

        return memory;
    }

    private async Task SendAsync(HttpClient client, SimulatorApp simulator, FuzzCall call, int ordinal, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(call.Method, new Uri(call.Path, UriKind.Relative));
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            if (call.ContentType is { } type)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        foreach (var (name, value) in call.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var start = TimeProvider.System.GetTimestamp();
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            var took = TimeProvider.System.GetElapsedTime(start);
            _slowest = Math.Max(_slowest, took.TotalMilliseconds);
            var status = (int)response.StatusCode;
            _statuses.AddOrUpdate(status, 1, (_, known) => known + 1);
            foreach (var fault in Faults(simulator, call, status, answer, took))
            {
                Note(fault, ordinal, call);
            }

            Learn(call, status, answer);
            await (check?.Invoke(response) ?? Task.CompletedTask);
        }
        catch (Exception failed) when (failed is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Note($"{failed.GetType().Name}: {failed.Message}", ordinal, call);
        }
    }

    private void Note(string fault, int ordinal, FuzzCall call)
    {
        if (_faults.Count < 200)
        {
            _faults.Enqueue($"no. {ordinal}: {fault}: {call}");
        }
    }

    private static IEnumerable<string> Faults(SimulatorApp simulator, FuzzCall call, int status, string answer, TimeSpan took)
    {
        if (status >= 500 && status != 503)
        {
            yield return $"HTTP {status}";
        }

        if (took > LongestAnswer)
        {
            yield return $"it took {took.TotalSeconds:F1} s";
        }

        foreach (var secret
            in Secrets.Where(secret => answer.Contains(secret, StringComparison.Ordinal) && !IsShownOnPurpose(call, secret)))
        {
            yield return $"the answer shows {secret}";
        }

        if (GivenCode.IsMatch(answer))
        {
            yield return "the answer shows the code that the caller gave";
        }

        if (status == 200 && call.Path.Contains("/requests/", StringComparison.Ordinal) && call.Method == HttpMethod.Get
            && CallerShown(simulator, answer))
        {
            yield return "the answer shows the caller number of a verification";
        }
    }

    /// <summary>The pages say what the development keys are.</summary>
    private static bool IsShownOnPurpose(FuzzCall call, string secret) =>
        secret == ServiceHost.DevelopmentFunctionKey && call.Path.StartsWith("/console", StringComparison.Ordinal);

    private static bool CallerShown(SimulatorApp simulator, string answer)
    {
        var request = JsonElement.Parse(answer);
        return request.TryGetProperty("product", out var product) && product.GetString() is "verify.call" or "calls.p2s"
            && request.TryGetProperty("number", out var number) && simulator.Phone(number.GetString()!) is { } phone
            && phone.History.Any(
                one => one.From is { Length: >= 8 } from
                && one.Product.EndsWith("flash", StringComparison.Ordinal)
                && answer.Contains(from, StringComparison.Ordinal));
    }

    /// <summary>Remembers what was accepted, so that later calls find something.</summary>
    private void Learn(FuzzCall call, int status, string answer)
    {
        if (status is 200 or 202 && call.Method == HttpMethod.Post && call.Path.StartsWith("/v1/", StringComparison.Ordinal)
            && JsonElement.Parse(answer) is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("requestId", out var id))
        {
            _known.Enqueue(id.GetString()!);
            while (_known.Count > MostKnown)
            {
                _known.TryDequeue(out _);
            }
        }
    }

    private async Task WriteAsync(FuzzResult result, ServedLog log)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            fuzz      {result.Sent} calls, seed {seed}
            answers   {string.Join(", ", result.Statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} x {pair.Key}"))}
            slowest   {_slowest:F0} ms
            memory    {string.Join(", ", result.Memory.Select(memory => memory.Process >> 20))} MB of the process at tenths of the run
            managed   {string.Join(", ", result.Memory.Select(memory => memory.Managed >> 20))} MB after a collection
            faults    {result.Faults.Count}
            """));
        foreach (var fault in result.Faults.Take(20))
        {
            await output.WriteLineAsync(fault);
        }

        foreach (var line in log.Frequent(8))
        {
            await output.WriteLineAsync(line);
        }
    }

    [GeneratedRegex($"(?<![0-9]){Canary.Code}(?![0-9])", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex GivenCode { get; }
}
