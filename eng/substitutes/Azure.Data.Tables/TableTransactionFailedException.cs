namespace Azure.Data.Tables;

/// <summary>A transaction was refused as a whole; the service says which action it stumbled over.</summary>
public class TableTransactionFailedException : RequestFailedException
{
    public TableTransactionFailedException(RequestFailedException requestFailedException)
        : base(requestFailedException.Status, requestFailedException.Message, requestFailedException.ErrorCode, requestFailedException.InnerException)
    {
    }

    internal TableTransactionFailedException(RequestFailedException failure, int? index)
        : this(failure) => FailedTransactionActionIndex = index;

    public int? FailedTransactionActionIndex { get; }
}
