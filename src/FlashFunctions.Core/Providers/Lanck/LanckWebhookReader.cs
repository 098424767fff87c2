using System.Globalization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck's callback to the address of one attempt, proven by the token in it.</summary>
internal sealed class LanckWebhookReader(IOptions<LanckOptions> options, CallbackAddresses callbacks) : IWebhookReader
{
    public WebhookReading.NotAuthentic? RefusalOf(string path) =>
        AttemptOf(path) is null ? new WebhookReading.NotAuthentic("path token") : null;

    public WebhookReading Read(ProviderWebhook webhook)
    {
        if (AttemptOf(webhook.Path) is not { } attempt)
        {
            return new WebhookReading.NotAuthentic("path token");
        }

        return LooseJson.TryRead(webhook.Body.Span, LanckJson.Default.LanckCallback) is { } callback
            ? new WebhookReading.Events([Event(attempt, callback)])
            : new WebhookReading.Unreadable("not a JSON object");
    }

    private AttemptKey? AttemptOf(string path) =>
        options.Value.IsConfigured ? callbacks.Read(LanckProvider.ProviderName, path) : null;

    private static ProviderEvent Event(AttemptKey attempt, LanckCallback callback) => new(
        LanckProvider.ProviderName,
        attempt,
        callback.RequestId,
        LanckStatuses.Of(callback.Status, IsCall(callback)),
        ProviderText.Status(callback.Status),
        callback.Timestamp,
        callback.Mccmnc,
        IsCall(callback) ? Details(callback) : null,
        IsAnswered: CallStatuses.IsAnswered(callback.Status));

    private static CallDetails Details(LanckCallback callback) => new()
    {
        SipStatus = int.TryParse(callback.SipStatus, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? status : null,
        CreatedAt = callback.CallCreatedAt,
        RingStartedAt = callback.CallRingStartedAt,
        AnsweredAt = callback.CallAnsweredAt,
        EndedAt = callback.CallEndedAt,
        Billable = bool.TryParse(callback.Billable, out var billable) ? billable : null,
        Duration = ProviderText.Seconds(callback.Duration),
    };

    // Assumed: the fields that only a call has are in its callbacks and in no message's.
    private static bool IsCall(LanckCallback callback) => callback.SipStatus is not null || callback.CallCreatedAt is not null;
}
