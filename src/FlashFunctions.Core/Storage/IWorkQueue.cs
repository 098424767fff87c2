namespace FlashFunctions.Core.Storage;

/// <summary>A queue of jobs, delivered at least once. Receiving belongs to the host.</summary>
public interface IWorkQueue
{
    /// <summary>
    /// Puts a message into the queue. It becomes visible after <paramref name="delay"/>, which is 0 to 7 days; the text is
    /// at most 48,000 UTF-8 bytes, so that it fits a queue message in base64.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store could not take it.</exception>
    Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken);

    /// <summary>
    /// Looks at up to <paramref name="max"/> (1 to 32) visible messages without hiding them: on the embedded store those that have been
    /// visible longest, on Azure about those. Messages that are delayed, or that a worker has, are not among them.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The store could not answer.</exception>
    Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken);
}

/// <summary>A message that waits for a worker.</summary>
/// <param name="SentAt">When it was sent; a delayed one became visible later.</param>
public sealed record WaitingMessage(string Text, DateTimeOffset SentAt)
{
    /// <summary>Without the text.</summary>
    public override string ToString() => $"A message of {SentAt:O}";
}
