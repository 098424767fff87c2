using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Limits;

/// <summary>
/// Writes what was noted in memory: once a second where there is something, one write at a time, and the rest before the process ends.
/// </summary>
public abstract class WriteBehind : IHostedService, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly ITimer _timer;
    private int _isArmed;

    protected WriteBehind(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        Time = time;
        _timer = time.CreateTimer(_ => _ = WriteWhenDueAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    protected TimeProvider Time { get; }

    /// <summary>Writes what is not written yet. What the store does not take is kept for the next time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        bool isDone;
        try
        {
            isDone = await WriteNotedAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }

        if (!isDone)
        {
            Arm();
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => WriteAsync(cancellationToken);

    public void Dispose()
    {
        _timer.Dispose();
        _writing.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Has it written a second from now, unless it will be before.</summary>
    protected void Arm()
    {
        if (Interlocked.Exchange(ref _isArmed, 1) == 0)
        {
            _timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes it; false where something is left for the next time.</summary>
    protected abstract Task<bool> WriteNotedAsync(CancellationToken cancellationToken);

    private Task WriteWhenDueAsync()
    {
        Interlocked.Exchange(ref _isArmed, 0);
        return WriteAsync(CancellationToken.None);
    }
}
