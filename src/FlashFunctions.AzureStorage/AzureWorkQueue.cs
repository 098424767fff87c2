using System.Text;
using Azure.Storage.Queues;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// A queue of Azure Queue Storage, in base64 as host.json says. A send whose answer got lost is repeated and may arrive twice.
/// </summary>
internal sealed class AzureWorkQueue(QueueClient client, StorageCall call) : IWorkQueue
{
    private const int MaxBytes = 48_000;
    private const int MaxPeeked = 32;

    // The service's own default is to drop a message after seven days, and a job may be delayed that long.
    private static readonly TimeSpan Forever = TimeSpan.FromSeconds(-1);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(7);

    public Task SendAsync(string message, TimeSpan delay, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, MaxDelay);
        if (Encoding.UTF8.GetByteCount(message) > MaxBytes)
        {
            throw new ArgumentException("A message is at most 48,000 bytes of UTF-8.", nameof(message));
        }

        // The service counts whole seconds: rounded up, so that nothing starts early.
        var visibility = TimeSpan.FromSeconds(Math.Ceiling(delay.TotalSeconds));
        return call.RunAsync(token => client.SendMessageAsync(message, visibility, Forever, token), cancellationToken);
    }

    public async Task<IReadOnlyList<WaitingMessage>> PeekAsync(int max, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(max, MaxPeeked);
        var messages = await call.RunAsync(token => client.PeekMessagesAsync(max, token), cancellationToken);
        return
        [
            .. messages.Value.Select(
                message => new WaitingMessage(message.Body.ToString(), message.InsertedOn ?? DateTimeOffset.MinValue)),
        ];
    }
}
