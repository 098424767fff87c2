using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>The queues in Azure Storage or Azurite, where nobody is told of a message: they are polled.</summary>
public sealed class AzureQueueSource(QueueServiceClient service) : IQueueSource
{
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(
        string queue, int max, TimeSpan visibility, CancellationToken cancellationToken)
    {
        try
        {
            var messages = await service.GetQueueClient(queue).ReceiveMessagesAsync(max, WholeSeconds(visibility), cancellationToken);
            return [.. messages.Value.Select(Read)];
        }
        catch (RequestFailedException e) when (e is { Status: 404, ErrorCode: "QueueNotFound" })
        {
            return [];
        }
    }

    public async Task<bool> DeleteAsync(string queue, ReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await service.GetQueueClient(queue).DeleteMessageAsync(message.Id, message.PopReceipt, cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (IsNoLongerOurs(e))
        {
            return false;
        }
    }

    public async Task<ReceivedMessage?> HideAsync(
        string queue, ReceivedMessage message, TimeSpan visibility, CancellationToken cancellationToken)
    {
        try
        {
            var update = await service.GetQueueClient(queue).UpdateMessageAsync(
                message.Id, message.PopReceipt, BinaryData.FromString(message.Body), WholeSeconds(visibility), cancellationToken);
            return message with { PopReceipt = update.Value.PopReceipt };
        }
        catch (RequestFailedException e) when (IsNoLongerOurs(e))
        {
            return null;
        }
    }

    public async Task MoveAsync(string queue, ReceivedMessage message, string poisonQueue, CancellationToken cancellationToken)
    {
        await service.GetQueueClient(poisonQueue).SendMessageAsync(message.Body, TimeSpan.Zero, Forever, cancellationToken);
        await DeleteAsync(queue, message, cancellationToken);
    }

    public IDisposable? OnMessage(string queue, Action wake) => null;

    private static ReceivedMessage Read(QueueMessage message) =>
        new(message.MessageId, message.PopReceipt, message.Body.ToString(), (int)message.DequeueCount, message.InsertedOn ?? default);

    // The service counts whole seconds: rounded up, so that a message is never visible while it is being processed.
    private static TimeSpan WholeSeconds(TimeSpan visibility) => TimeSpan.FromSeconds(Math.Ceiling(visibility.TotalSeconds));

    private static bool IsNoLongerOurs(RequestFailedException exception) =>
        exception.ErrorCode is "MessageNotFound" or "PopReceiptMismatch" or "QueueNotFound";
}
