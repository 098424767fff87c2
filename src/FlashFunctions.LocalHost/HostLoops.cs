namespace FlashFunctions.LocalHost;

/// <summary>
/// Loops that go on while the host runs. A stop waits for the functions that are running; only when the host's time is up are they asked
/// to give up.
/// </summary>
internal abstract class HostLoops : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _running = Task.WhenAll(Run(_stopping.Token, _aborting.Token));
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _aborting.CancelAsync();
    }

    public virtual void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

    /// <summary>Starts the loops.</summary>
    /// <param name="stopping">They are to end once what is running has ended.</param>
    /// <param name="aborting">What is running is to give up.</param>
    protected abstract IEnumerable<Task> Run(CancellationToken stopping, CancellationToken aborting);
}
