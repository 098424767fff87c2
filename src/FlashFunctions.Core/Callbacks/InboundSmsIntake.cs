using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Lanck;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Takes an inbound SMS in: authentic, stored, queued, and only then answered, since the provider forgets what was answered well.
/// A repeated one is answered at once.
/// </summary>
public sealed partial class InboundSmsIntake(
    LanckInboundSms reader, InboundStore store, RequestIndex index, CallbackQueue queue, SecurityLog security, ILogger<InboundSmsIntake> logger)
{
    /// <summary>Whether a webhook of Lanck's is an inbound SMS and no report on an attempt.</summary>
    public static bool IsFor(string path) => path.StartsWith(LanckInboundSms.Folder, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the path alone says that it is not the provider's.</summary>
    public bool Refuses(string path)
    {
        if (reader.RefusalOf(path) is not { } refused)
        {
            return false;
        }

        security.WebhookRefused(LanckProvider.ProviderName, refused.Reason);
        return true;
    }

    /// <summary>Takes one message in. An exception makes the provider repeat it.</summary>
    public async Task<WebhookAnswer> ReceiveAsync(ProviderWebhook webhook, CancellationToken cancellationToken)
    {
        switch (reader.Read(webhook))
        {
            case InboundSmsReading.NotAuthentic refused:
                security.WebhookRefused(LanckProvider.ProviderName, refused.Reason);
                return WebhookAnswer.NotAuthentic;
            case InboundSmsReading.Unreadable unreadable:
                Log.Unreadable(logger, unreadable.Reason);
                return WebhookAnswer.Unreadable;
            case InboundSmsReading.Received received:
                await TakeAsync(received.Sms, cancellationToken);
                break;
        }

        return WebhookAnswer.Taken;
    }

    private async Task TakeAsync(InboundSms sms, CancellationToken cancellationToken)
    {
        var (message, isNew) = await store.AddAsync(LanckProvider.ProviderName, sms, cancellationToken);
        if (isNew || message.Delivery is { State: DeliveryState.Waiting, Tries: 0 })
        {
            // The first time may have died before it wrote the row or queued the job; one job too many does no harm.
            if (message.Sender is { } sender)
            {
                await index.WriteMessageAsync(sender, message.ReceivedAt, message.Key, cancellationToken);
            }

            await queue.SendAsync(new CallbackJob { Message = message.Key }, TimeSpan.Zero, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "An inbound SMS could not be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, string reason);
    }
}
