using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Bench.Chaos;

/// <summary>How one instance of the service runs.</summary>
/// <param name="Port">Its port.</param>
/// <param name="Simulator">Where the simulated providers are.</param>
/// <param name="Data">The directory of the embedded store; null where it is Azurite.</param>
/// <param name="Connection">Azurite; null where the store is embedded.</param>
/// <param name="Time">Its clock.</param>
internal sealed record ServedInstance(int Port, Uri Simulator, string? Data, string? Connection, FastTime Time)
{
    /// <summary>Where the providers believe the service to be: what they send there goes to any instance.</summary>
    public const string PublicAddress = "http://service.test";

    /// <summary>True: everything is logged, down to traces. False by default: warnings and errors.</summary>
    public bool LogsEverything { get; init; }

    /// <summary>True: calls of the store are counted, which costs processor time. False by default.</summary>
    public bool CountsCalls { get; init; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>A port of the loopback interface that is free now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

/// <summary>The memory of a process, in bytes.</summary>
/// <param name="Process">The working set.</param>
/// <param name="Managed">What is left of objects after a collection.</param>
internal sealed record ServedMemory(long Process, long Managed);

/// <summary>The service as a process of its own, which can be killed.</summary>
internal sealed partial class ServedProcess : IDisposable
{
    private const string Ready = "ready";
    private const string Counts = "counts ";
    private const string Managed = "managed ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskCompletionSource<string> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServedProcess(Process process) => _process = process;

    /// <summary>Starts it. Each line that it logs is given to <paramref name="log"/>.</summary>
    public static ServedProcess Start(ServedInstance instance, Action<string> log)
    {
        string[] arguments =
        [
            typeof(ServedProcess).Assembly.Location, "serve", "--port", $"{instance.Port}", "--simulator", $"{instance.Simulator}",
            .. instance.Data is { } data ? ["--data", data] : Array.Empty<string>(),
            .. instance.Connection is { } connection ? ["--connection", connection] : Array.Empty<string>(),
            "--epoch", $"{instance.Time.Epoch.ToUnixTimeMilliseconds()}", "--speed", $"{instance.Time.Speed}",
            .. instance.LogsEverything ? ["--log"] : Array.Empty<string>(),
            .. instance.CountsCalls ? ["--count"] : Array.Empty<string>(),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        }) ?? throw new InvalidOperationException("The service did not start.");
        var served = new ServedProcess(process);
        process.OutputDataReceived += (_, line) => served.Read(line.Data, log);
        process.ErrorDataReceived += (_, line) => served.Read(line.Data, log);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return served;
    }

    /// <summary>Processor time so far.</summary>
    public TimeSpan Cpu => _process.HasExited ? TimeSpan.Zero : _process.TotalProcessorTime;

    /// <summary>Memory in use now, in bytes.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Waits until it answers; false where it ended before that.</summary>
    public async Task<bool> WaitAsync()
    {
        var exit = _process.WaitForExitAsync();
        return await Task.WhenAny(_ready.Task, exit).WaitAsync(StartLimit, TimeProvider.System) == _ready.Task;
    }

    /// <summary>How often each verb of each table and queue was called so far.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountCallsAsync() => CallCounts.Parse(await AskAsync(Counts));

    /// <summary>Its memory after a collection.</summary>
    public async Task<ServedMemory> MeasureMemoryAsync()
    {
        var managed = long.Parse(await AskAsync(Managed), CultureInfo.InvariantCulture);
        return new ServedMemory(Memory, managed);
    }

    /// <summary>SIGKILL: it gets no chance to store anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    /// <summary>The hidden command that the process runs.</summary>
    public static Command Command()
    {
        var port = new Option<int>("--port");
        var simulator = new Option<string>("--simulator");
        var data = new Option<string?>("--data");
        var connection = new Option<string?>("--connection");
        var epoch = new Option<long>("--epoch");
        var speed = new Option<int>("--speed");
        var log = new Option<bool>("--log");
        var count = new Option<bool>("--count");
        var command = new Command("serve", "The service in a process of its own, for the other commands.")
        {
            port, simulator, data, connection, epoch, speed, log, count,
        };
        command.Hidden = true;
        command.SetAction((parsed, cancellationToken) => ServeAsync(
            new ServedInstance(
                parsed.GetValue(port),
                new Uri(parsed.GetValue(simulator)!),
                parsed.GetValue(data),
                parsed.GetValue(connection),
                new FastTime(DateTimeOffset.FromUnixTimeMilliseconds(parsed.GetValue(epoch)), parsed.GetValue(speed)))
            {
                LogsEverything = parsed.GetValue(log),
                CountsCalls = parsed.GetValue(count),
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> ServeAsync(ServedInstance instance, CancellationToken cancellationToken)
    {
        await using var host = ServiceHost.Create(new ServiceSettings
        {
            Port = instance.Port,
            PublicAddress = ServedInstance.PublicAddress,
            SimulatorAddress = instance.Simulator,
            Embedded = instance.Data is { } data ? new EmbeddedStorageOptions { DataDirectory = data } : null,
            Configuration = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage"] = instance.Connection,
                ["Logging:LogLevel:Default"] = instance.LogsEverything ? "Trace" : "Warning",
                ["Logging:LogLevel:Microsoft.AspNetCore"] = "Warning",
            },
            Services = services =>
            {
                services.AddSingleton<TimeProvider>(instance.Time);
                if (instance.CountsCalls)
                {
                    CallCounts.Attach(services);
                }
            },
        });
        await host.StartAsync(cancellationToken);
        Console.WriteLine(Ready);

        // It ends with the process that started it. Until then each line is a question.
        using var input = new StreamReader(Console.OpenStandardInput());
        while (await input.ReadLineAsync(cancellationToken) is { } question)
        {
            Console.WriteLine(question + (question == Managed
                ? GC.GetTotalMemory(forceFullCollection: true).ToString(CultureInfo.InvariantCulture)
                : CallCounts.Text));
        }

        return 0;
    }

    /// <summary>What it answers to a question on its standard input.</summary>
    private async Task<string> AskAsync(string question)
    {
        _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        return await _answer.Task.WaitAsync(StartLimit, TimeProvider.System);
    }

    private void Read(string? line, Action<string> log)
    {
        if (line == Ready)
        {
            _ready.TrySetResult(true);
        }
        else if (line?.StartsWith(Counts, StringComparison.Ordinal) == true || line?.StartsWith(Managed, StringComparison.Ordinal) == true)
        {
            _answer.TrySetResult(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        }
        else if (line is not null)
        {
            log(line);
        }
    }
}

/// <summary>
/// What the processes log: how many warnings and errors of each kind, and whether a secret, a code or a number is among it.
/// </summary>
internal sealed partial class ServedLog
{
    private const int MostKinds = 200;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Count, string Example)> _kinds = new(StringComparer.Ordinal);
    private readonly List<string> _leaks = [];

    /// <summary>Texts that no line may hold, besides phone numbers of the run.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];

    /// <summary>Lines that hold what they should not.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            lock (_lock)
            {
                return [.. _leaks];
            }
        }
    }

    public void Take(string line)
    {
        var kind = Variable.Replace(line, "#");
        kind = kind.Length > 160 ? kind[..160] : kind;
        lock (_lock)
        {
            if (_kinds.TryGetValue(kind, out var known) || _kinds.Count < MostKinds)
            {
                _kinds[kind] = (known.Count + 1, known.Example ?? line);
            }

            if ((Number.IsMatch(line) || Canaries.Any(canary => line.Contains(canary, StringComparison.Ordinal))) && _leaks.Count < 20)
            {
                _leaks.Add(line);
            }
        }
    }

    /// <summary>The most frequent kinds of lines with their counts.</summary>
    public IEnumerable<string> Frequent(int most)
    {
        lock (_lock)
        {
            return [.. _kinds.OrderByDescending(kind => kind.Value.Count).Take(most)
                .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Value.Count,7} x {kind.Key}"))];
        }
    }

    [GeneratedRegex("[0-9A-HJKMNP-TV-Z]{26}|(?<!HTTP [0-9]*)[0-9]+|[0-9a-f]{8,}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Variable { get; }

    /// <summary>A number of a run.</summary>
    [GeneratedRegex(
        "(?<![0-9A-Za-z])(?:49150[0-9]{8}|346[0-9]{8}|336[0-9]{8}|485[0-9]{8}|4474[0-9]{8})(?![0-9A-Za-z])",
        RegexOptions.None,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Number { get; }
}
