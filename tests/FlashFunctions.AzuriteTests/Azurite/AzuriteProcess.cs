using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>One of Azurite's services in a process of its own.</summary>
internal sealed class AzuriteProcess(string scripts, string service, string folder)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private Process? _process;

    public int Port { get; } = FreePort();

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        string[] arguments =
        [
            Path.Combine(scripts, service, "main.js"), $"--{service}Host", "127.0.0.1", $"--{service}Port", Port.ToString(),
            "--location", folder, "--silent", "--disableTelemetry",
        ];
        Array.ForEach(arguments, start.ArgumentList.Add);
        _process = Process.Start(start) ?? throw new InvalidOperationException("Node did not start.");
        await WaitUntilReadyAsync(_process, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await InterruptAsync(process, limit.Token);
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }

        process.Dispose();
    }

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

    // Interrupted it closes and saves; killed it would forget the last seconds.
    private static async Task InterruptAsync(Process process, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
            return;
        }

        using var kill = Process.Start("sh", ["-c", $"kill -INT {process.Id}"]);
        await kill.WaitForExitAsync(cancellationToken);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
