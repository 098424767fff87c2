using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Revicom's callback. Assumed: an object or an array of objects with the event under <c>event</c> or <c>status</c>.</summary>
internal sealed class RevicomWebhook(IOptions<RevicomOptions> options, CallbackAddresses callbacks)
    : AttemptWebhook(RevicomProvider.ProviderName, options.Value, callbacks)
{
    protected override WebhookReading Read(AttemptKey attempt, ReadOnlySpan<byte> body)
    {
        var all = LooseJson.TryRead(body, RevicomJson.Default.RevicomCallback) is { } one
            ? [one]
            : LooseJson.TryRead(body, RevicomJson.Default.RevicomCallbackArray);
        return all is null
            ? new WebhookReading.Unreadable("neither a JSON object nor an array of them")
            : new WebhookReading.Events([.. all.OfType<RevicomCallback>().Select(callback => Event(attempt, callback))]);
    }

    private static ProviderEvent Event(AttemptKey attempt, RevicomCallback callback)
    {
        var word = RevicomStatuses.Of(callback.Event) is null ? callback.Status ?? callback.Event : callback.Event;
        return new ProviderEvent(
            RevicomProvider.ProviderName,
            attempt,
            callback.MessageUuid,
            RevicomStatuses.Of(word),
            ProviderText.Status(word),
            callback.Time ?? callback.Timestamp);
    }
}

/// <summary>Revicom's events. Assumed, but for the two that the document names: sent and delivered.</summary>
internal static class RevicomStatuses
{
    public static TransportStatus? Of(string? status) => status?.ToLowerInvariant() switch
    {
        "sent" => TransportStatus.Sent,
        "delivered" or "read" => TransportStatus.Delivered,
        "undelivered" or "expired" or "failed" => TransportStatus.Undelivered,
        "rejected" => TransportStatus.Rejected,
        _ => null,
    };
}
