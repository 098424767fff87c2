using System.Diagnostics;
using System.Text;
using FlashFunctions.LocalHost.Storage;

namespace FlashFunctions.LocalHost.Azurite;

/// <summary>How Azurite runs.</summary>
public sealed record AzuriteOptions
{
    /// <summary>Where it keeps its data; made when it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>True: nothing is kept beyond its end. False by default.</summary>
    public bool InMemory { get; init; }

    /// <summary>Accounts as <c>name:key;name:key</c>, the keys in base64; null, the default, is the well-known one alone.</summary>
    public string? Accounts { get; init; }
}

/// <summary>Azurite's table and queue services on free ports of the loopback interface.</summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    private const string Account = "devstoreaccount1";
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int MaxStarts = 3;

    private readonly DataDirectory _data;
    private readonly AzuriteProcess _tables;
    private readonly AzuriteProcess _queues;

    private AzuriteServer(string packages, AzuriteOptions options, DataDirectory data)
    {
        _data = data;
        _tables = new AzuriteProcess(packages, "table", options);
        _queues = new AzuriteProcess(packages, "queue", options);
    }

    /// <summary>The setting <c>Storage</c> for the well-known account.</summary>
    public string ConnectionString => ConnectionStringOf(Account, Key);

    /// <summary>The table service's address for the well-known account.</summary>
    public string TableEndpoint => Endpoint(_tables, Account);

    /// <summary>The queue service's address for the well-known account.</summary>
    public string QueueEndpoint => Endpoint(_queues, Account);

    /// <summary>Why Azurite cannot run here, or null.</summary>
    public static string? WhyNot() => NodePackages.WhyNot();

    /// <summary>Starts both services, installed before that where they are not yet.</summary>
    /// <exception cref="DataDirectoryException">The folder cannot be used, or another process has it.</exception>
    /// <exception cref="InvalidOperationException">It could not be installed or did not start; the message says why.</exception>
    public static async Task<AzuriteServer> StartAsync(AzuriteOptions options, CancellationToken cancellationToken)
    {
        var data = new DataDirectory(options.Folder);
        try
        {
            var packages = await NodePackages.EnsureAsync(null, cancellationToken);
            for (var attempt = 1; ; attempt++)
            {
                var server = new AzuriteServer(packages, options with { Folder = Path.GetFullPath(options.Folder) }, data);
                try
                {
                    await server.ResumeAsync(cancellationToken);
                    return server;
                }
                catch (Exception exception)
                {
                    // Another process may have taken a port since it was found free.
                    await server.StopAsync();
                    if (exception is not InvalidOperationException || attempt == MaxStarts)
                    {
                        throw;
                    }
                }
            }
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>The setting <c>Storage</c> for one of <see cref="AzuriteOptions.Accounts"/>.</summary>
    public string ConnectionStringOf(string account, string key) =>
        $"DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};"
        + $"TableEndpoint={Endpoint(_tables, account)};QueueEndpoint={Endpoint(_queues, account)};";

    /// <summary>Ends both services, after which they have saved what they hold.</summary>
    public Task StopAsync() => Task.WhenAll(_tables.StopAsync(), _queues.StopAsync());

    public Task StopTablesAsync() => _tables.StopAsync();

    public Task StopQueuesAsync() => _queues.StopAsync();

    /// <summary>Starts both services, once both have ended, on the ports and the folder that they had.</summary>
    public Task ResumeAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_tables.StartAsync(cancellationToken), _queues.StartAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _data.Dispose();
    }

    private static string Endpoint(AzuriteProcess process, string account) => $"http://127.0.0.1:{process.Port}/{account}";
}

/// <summary>One of Azurite's services in a process of its own, on a free port of the loopback interface.</summary>
internal sealed class AzuriteProcess(string packages, string service, AzuriteOptions options)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private Process? _process;

    public int Port { get; } = LocalPort.FindFree();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = options.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        Array.ForEach(Arguments(), start.ArgumentList.Add);
        if (options.Accounts is { } accounts)
        {
            start.Environment["AZURITE_ACCOUNTS"] = accounts;
        }

        _process = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
        await WaitUntilReadyAsync(_process, cancellationToken);
    }

    /// <summary>Lets it close and save; one that does not within 15 seconds is killed.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is not { } process)
        {
            return;
        }

        using (process)
        using (var limit = new CancellationTokenSource(StopLimit))
        {
            try
            {
                process.StandardInput.Close();
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private string[] Arguments() =>
    [
        Path.Combine(packages, "serve.cjs"), service, $"--{service}Host", "127.0.0.1", $"--{service}Port", Port.ToString(),
        .. options.InMemory ? (string[])["--inMemoryPersistence"] : ["--location", options.Folder],
        "--silent", "--disableTelemetry",
    ];

    private static async Task WaitUntilReadyAsync(Process process, CancellationToken cancellationToken)
    {
        var output = new StringBuilder();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Note(string? line)
        {
            lock (output)
            {
                output.AppendLine(line);
            }

            if (line?.Contains("successfully", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        }

        process.OutputDataReceived += (_, e) => Note(e.Data);
        process.ErrorDataReceived += (_, e) => Note(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var ended = process.WaitForExitAsync(cancellationToken);
        if (await Task.WhenAny(ready.Task, ended).WaitAsync(StartLimit, cancellationToken) == ended)
        {
            throw new InvalidOperationException($"Azurite did not start: {output}");
        }
    }
}
