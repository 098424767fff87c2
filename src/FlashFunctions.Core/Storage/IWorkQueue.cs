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
}
