namespace FlashFunctions.LocalHost.Storage;

/// <summary>The data directory cannot be used; the message is one sentence for whoever started the service.</summary>
public sealed class DataDirectoryException : Exception
{
    public DataDirectoryException()
        : this("The data directory cannot be used.")
    {
    }

    public DataDirectoryException(string message)
        : base(message)
    {
    }

    public DataDirectoryException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
