namespace Azure.Storage.Queues.Models;

public class QueueMessage
{
    internal QueueMessage()
    {
    }

    public string MessageId { get; internal init; }

    public string PopReceipt { get; internal init; }

    public BinaryData Body { get; internal init; }

    public long DequeueCount { get; internal init; }

    public DateTimeOffset? InsertedOn { get; internal init; }
}

public class SendReceipt
{
    internal SendReceipt()
    {
    }

    public string MessageId { get; internal init; }
}

public class UpdateReceipt
{
    internal UpdateReceipt()
    {
    }

    public string PopReceipt { get; internal init; }
}
