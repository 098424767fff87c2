using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>The receiving side of the data file's queues.</summary>
internal sealed class SqliteQueueSource(EmbeddedStore store) : IQueueSource
{
    private static readonly Task<IReadOnlyList<ReceivedMessage>> Nothing = Task.FromResult<IReadOnlyList<ReceivedMessage>>([]);

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellationToken) =>
        store.FindQueue(queue)?.ReceiveAsync(max, visibility, cancellationToken) ?? Nothing;

    public Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken) =>
        store.Queue(queue).DeleteAsync(message, cancellationToken);

    public Task<ReceivedMessage?> HideAsync(string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken) =>
        store.Queue(queue).HideAsync(message, visibility, cancellationToken);

    public Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken) =>
        store.Queue(queue).MoveAsync(message, store.Queue(poisonQueue), cancellationToken);

    public IDisposable? OnMessage(string queue, Action wake) => store.FindQueue(queue)?.Alarm.Add(wake);
}
