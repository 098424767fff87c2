using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>The queues as a process has them that may die: then it settles no message, and gets none.</summary>
internal sealed class MortalSource(IQueueSource inner, Journal journal) : IQueueSource
{
    private static readonly Task<IReadOnlyList<ReceivedMessage>> Nothing = Task.FromResult<IReadOnlyList<ReceivedMessage>>([]);

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string queue, int max, TimeSpan visibility, CancellationToken cancellationToken) =>
        journal.IsDead ? Nothing : inner.ReceiveAsync(queue, max, visibility, cancellationToken);

    public Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken)
    {
        journal.ThrowIfDead();
        return inner.DeleteAsync(queue, message, cancellationToken);
    }

    public Task<ReceivedMessage?> HideAsync(string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        journal.ThrowIfDead();
        return inner.HideAsync(queue, message, visibility, cancellationToken);
    }

    public Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken)
    {
        journal.ThrowIfDead();
        return inner.MoveAsync(queue, message, poisonQueue, cancellationToken);
    }

    public IDisposable? OnMessage(string queue, Action wake) => inner.OnMessage(queue, wake);
}

/// <summary>The process died here. Nothing in the service knows it.</summary>
public sealed class SimulatedCrashException : Exception
{
    private static int _count;

    public SimulatedCrashException()
    {
        Interlocked.Increment(ref _count);
    }

    public SimulatedCrashException(string message)
        : base(message)
    {
        Interlocked.Increment(ref _count);
    }

    public SimulatedCrashException(string message, Exception innerException)
        : base(message, innerException)
    {
        Interlocked.Increment(ref _count);
    }

    /// <summary>How many there have been: the host, and not the service, answers a call that met one.</summary>
    public static int Count => Volatile.Read(ref _count);
}
