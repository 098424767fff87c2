namespace FlashFunctions.LocalHost.Queues;

/// <summary>The receiving side of the queues, as the functions host has it. Every member takes the queue's name as it is stored.</summary>
public interface IQueueSource
{
    /// <summary>
    /// Takes up to <paramref name="max"/> (1 to 32) visible messages, oldest first, and hides each for <paramref name="visibility"/>;
    /// its dequeue count grows by one. Empty when none is visible or the queue does not exist.
    /// </summary>
    Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string queue, int max, TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes a message for good. False when the receipt is no longer the message's: somebody else has received it since.
    /// </summary>
    Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Hides the message for <paramref name="visibility"/> from now, zero showing it at once. Returns it with its new receipt, or null
    /// when the receipt is no longer the message's.
    /// </summary>
    Task<ReceivedMessage?> HideAsync(string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken);

    /// <summary>
    /// Puts the text into <paramref name="poisonQueue"/>, visible at once, and deletes the message; never the other way round.
    /// </summary>
    Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken);

    /// <summary>
    /// Calls <paramref name="wake"/> whenever a message may have become visible in the queue, until disposed; too often does no harm.
    /// Null from a source that cannot tell: the queue is then polled.
    /// </summary>
    IDisposable? OnMessage(string queue, Action wake);
}

/// <summary>A message that was received and is hidden from others for a while.</summary>
/// <param name="Id">Given by the store.</param>
/// <param name="PopReceipt">Proves this receipt of it: another receipt, or <see cref="IQueueSource.HideAsync"/>, makes a new one.</param>
/// <param name="Body">The text as it was sent.</param>
/// <param name="DequeueCount">How often it was received, this time included: 1 at first.</param>
/// <param name="InsertedOn">When it was sent.</param>
public sealed record ReceivedMessage(string Id, string PopReceipt, string Body, int DequeueCount, DateTimeOffset InsertedOn)
{
    /// <summary>Without the body and the receipt.</summary>
    public override string ToString() => $"{Id} (received {DequeueCount} times)";
}
