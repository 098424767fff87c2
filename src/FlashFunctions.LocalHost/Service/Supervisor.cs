using System.Diagnostics;
using System.IO.Pipes;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>
/// What ./run starts: the world around the service, which is the simulated providers and phones and perhaps an Azurite, and the service
/// as a child process, so that it can be killed for a rehearsal and comes back while the phones go on ringing. A child that ends in any
/// other way ends the parent with its exit code, and a parent that ends, however it ends, ends the child.
/// </summary>
internal static class Supervisor
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    /// <summary>Runs them until cancelled; returns the exit code. The run's port and data directory are the child's.</summary>
    public static async Task<int> RunAsync(DevelopmentRun run, CancellationToken cancellationToken)
    {
        run = run with { Port = DevelopmentRun.PortFor(run.Port) };
        await using var azurite = await run.StartAzuriteAsync(cancellationToken);
        var port = LocalPort.IsFree(run.Port + 1) ? run.Port + 1 : LocalPort.FindFree();
        await using var simulator = SimulatorApp.Create(
            new SimulatorOptions { Port = port, Addresses = ServiceHost.CallbackAddresses(run.Address) });
        run = run with { Simulator = new Uri($"http://127.0.0.1:{port}"), Azurite = azurite?.ConnectionString };

        // Side by side, since each takes a moment; the child begins with its work when the providers are there.
        var child = ServiceChild.Start(run);
        try
        {
            await simulator.StartAsync(cancellationToken);
            return await KeepAsync(child, run, cancellationToken);
        }
        catch
        {
            child.Kill();
            throw;
        }
    }

    /// <summary>Waits for the child, and starts another one after each that was killed for a rehearsal.</summary>
    private static async Task<int> KeepAsync(ServiceChild child, DevelopmentRun run, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; child = ServiceChild.Start(run with { IsBack = true }))
        {
            using (child)
            {
                child.Go();
                var exitCode = await child.WaitAsync(StopLimit, cancellationToken);
                if (!child.WasKilledForRehearsal || cancellationToken.IsCancellationRequested)
                {
                    return exitCode;
                }

                pause = child.Lived >= ShortLife ? FirstPause : 2 * pause < LongestPause ? 2 * pause : LongestPause;
                Console.WriteLine($"Process {child.Id} was killed for the rehearsal; another one starts.");
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return 0;
            }
        }
    }
}

/// <summary>The service as a child process, with a pipe in each direction.</summary>
internal sealed class ServiceChild : IDisposable
{
    /// <summary>The first argument of a child's command line; the pipes and <see cref="DevelopmentRun.Arguments"/> follow.</summary>
    public const string Argument = "--child";

    private readonly Process _process;
    private readonly AnonymousPipeServerStream _toChild;
    private readonly AnonymousPipeServerStream _fromChild;
    private readonly long _startedAt = TimeProvider.System.GetTimestamp();

    private ServiceChild(Process process, AnonymousPipeServerStream toChild, AnonymousPipeServerStream fromChild) =>
        (_process, _toChild, _fromChild, Id) = (process, toChild, fromChild, process.Id);

    public int Id { get; }

    /// <summary>Whether it said that it was about to kill itself. Known once it has ended.</summary>
    public bool WasKilledForRehearsal { get; private set; }

    public TimeSpan Lived => TimeProvider.System.GetElapsedTime(_startedAt);

    /// <summary>Starts it; it waits for <see cref="Go"/> before it does anything.</summary>
    public static ServiceChild Start(DevelopmentRun run)
    {
        var (toChild, fromChild) = (NewPipe(PipeDirection.Out), NewPipe(PipeDirection.In));
        var program = Environment.ProcessPath!;
        var isHost = Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        var start = new ProcessStartInfo(
            program,
            [
                .. isHost ? [typeof(Supervisor).Assembly.Location] : Array.Empty<string>(),
                Argument, $"{toChild.GetClientHandleAsString()},{fromChild.GetClientHandleAsString()}", .. run.Arguments,
            ])
        {
            UseShellExecute = false,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException("the service's process did not start.");
        toChild.DisposeLocalCopyOfClientHandle();
        fromChild.DisposeLocalCopyOfClientHandle();
        return new ServiceChild(process, toChild, fromChild);
    }

    public void Go() => Tell(ParentLink.Go);

    /// <summary>
    /// Its exit code, when it has ended. Once cancelled it is asked to end, and killed where that takes longer than the limit.
    /// </summary>
    public async Task<int> WaitAsync(TimeSpan stopLimit, CancellationToken cancellationToken)
    {
        try
        {
            await _process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Tell(ParentLink.Stop);
            using var limit = new CancellationTokenSource(stopLimit, TimeProvider.System);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            return 0;
        }

        WasKilledForRehearsal = _fromChild.ReadByte() == ParentLink.Killed;
        return _process.ExitCode;
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Dispose();
        _toChild.Dispose();
        _fromChild.Dispose();
    }

    private void Tell(byte message)
    {
        try
        {
            _toChild.WriteByte(message);
        }
        catch (IOException)
        {
            // It has ended.
        }
    }

    private static AnonymousPipeServerStream NewPipe(PipeDirection direction) => new(direction, HandleInheritability.Inheritable);
}

/// <summary>The child's end of the pipes. The parent's end closes when the parent dies: then this process kills itself at once.</summary>
internal sealed class ParentLink : IDisposable
{
    /// <summary>The parent says: begin.</summary>
    public const byte Go = (byte)'g';

    /// <summary>The parent says: end.</summary>
    public const byte Stop = (byte)'s';

    /// <summary>The child says: I kill myself for a rehearsal.</summary>
    public const byte Killed = (byte)'k';

    private static readonly TimeSpan AnswerFirst = TimeSpan.FromMilliseconds(50);

    private readonly AnonymousPipeClientStream _fromParent;
    private readonly AnonymousPipeClientStream _toParent;
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Opens the pipes that <see cref="ServiceChild.Start"/> named.</summary>
    public ParentLink(string handles)
    {
        var parts = handles.Split(',');
        _fromParent = new AnonymousPipeClientStream(PipeDirection.In, parts[0]);
        _toParent = new AnonymousPipeClientStream(PipeDirection.Out, parts[1]);
        new Thread(Listen) { IsBackground = true, Name = "Parent" }.Start();
    }

    /// <summary>Completes when the parent has everything that the service needs.</summary>
    public Task Begun => _begun.Task;

    /// <summary>Cancelled when the parent asks this process to end.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>
    /// Kills this process, which another one then replaces. A moment later, so that the answer to the call that asked for it leaves first.
    /// </summary>
    public void KillForRehearsal() => _ = KillSoonAsync();

    public void Dispose()
    {
        _toParent.Dispose();
        _stop.Dispose();
    }

    private async Task KillSoonAsync()
    {
        await Task.Delay(AnswerFirst, TimeProvider.System);
        _toParent.WriteByte(Killed);
        KillThisProcess();
    }

    private void Listen()
    {
        while (true)
        {
            switch (_fromParent.ReadByte())
            {
                case Go:
                    _begun.TrySetResult();
                    break;
                case Stop:
                    _stop.Cancel();
                    break;
                default:
                    KillThisProcess();
                    break;
            }
        }
    }

    private static void KillThisProcess()
    {
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }
}
