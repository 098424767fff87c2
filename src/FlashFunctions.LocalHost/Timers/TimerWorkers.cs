using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Timers;

/// <summary>Every timer function: run at its times while the host runs, or by hand.</summary>
internal sealed class TimerWorkers(FunctionCatalog catalog, IServiceProvider services) : IHostedService, IDisposable
{
    private readonly List<TimerLoop> _loops =
        [.. catalog.Timers.Select(function => ActivatorUtilities.CreateInstance<TimerLoop>(services, function))];

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(_loops.Select(loop => loop.RunAsync(_stopping.Token, _aborting.Token)));
        return Task.CompletedTask;
    }

    /// <summary>Waits for the runs that have begun; only when the host's time is up are they told to give up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _aborting.CancelAsync();
    }

    public Task RunOnceAsync(string functionName, CancellationToken cancellationToken)
    {
        var loop = _loops.Find(loop => functionName.Equals(loop.Name, StringComparison.Ordinal))
            ?? throw new ArgumentException($"No timer function is called {functionName}.", nameof(functionName));
        return loop.RunOnceAsync(isPastDue: false, cancellationToken);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
        _loops.ForEach(loop => loop.Dispose());
    }
}
