using System.Diagnostics;
using System.Text;

namespace FlashFunctions.LocalHost.Azurite;

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
