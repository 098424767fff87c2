namespace FlashFunctions.Core.Storage;

/// <summary>
/// The store could not answer, after the adapter's own retries. Callers see 503 with Retry-After; the queue delivers again.
/// </summary>
public sealed class StorageUnavailableException : Exception
{
    public StorageUnavailableException()
        : this("The store is unavailable.")
    {
    }

    public StorageUnavailableException(string message)
        : base(message)
    {
    }

    public StorageUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
