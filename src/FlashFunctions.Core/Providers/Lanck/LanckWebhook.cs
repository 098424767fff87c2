using System.Globalization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck's callback to the address of one attempt, proven by the token in it.</summary>
internal sealed class LanckWebhook(IOptions<LanckOptions> options, CallbackAddresses callbacks) : IWebhookReader
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
        Outcome: CallStatuses.OutcomeOf(callback.Status));

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

/// <summary>
/// Reads an inbound SMS. Its address, <c>{public}/webhooks/lanck/inbound-sms/{token}</c>, is entered in Lanck's account once, and the token
/// in it is its proof. Lanck repeats it for 24 hours until it gets a 2xx.
/// </summary>
public sealed class LanckInboundSms(IOptions<LanckOptions> options)
{
    /// <summary>Where its webhooks lie, below Lanck's own.</summary>
    internal const string Folder = "inbound-sms/";

    /// <summary>What is wrong with the path, before the body is read; null where it is right.</summary>
    public InboundSmsReading.NotAuthentic? RefusalOf(string path) =>
        path.StartsWith(Folder, StringComparison.OrdinalIgnoreCase)
        && ConstantTime.Equals(options.Value.InboundSmsToken, path[Folder.Length..])
            ? null
            : new InboundSmsReading.NotAuthentic("path token");

    /// <summary>Reads one webhook, failing closed when no token is configured.</summary>
    public InboundSmsReading Read(ProviderWebhook webhook)
    {
        if (RefusalOf(webhook.Path) is { } refusal)
        {
            return refusal;
        }

        return LooseJson.TryRead(webhook.Body.Span, LanckJson.Default.LanckInbound) is { MessageId: { } id, To: { } to, From: { } from } sms
            ? new InboundSmsReading.Received(new InboundSms(id, from, to, sms.Text ?? "", sms.Timestamp, sms.Parts))
            : new InboundSmsReading.Unreadable("no messageId, from or to");
    }
}

/// <summary>Lanck's statuses: of a message as named, of a call as the call statuses say, which differ for REJECTED.</summary>
internal static class LanckStatuses
{
    public static TransportStatus? Of(string? status, bool isCall) => isCall
        ? CallStatuses.Of(status) ?? Named(status)
        : Named(status) ?? CallStatuses.Of(status);

    private static TransportStatus? Named(string? status) => status?.ToUpperInvariant() switch
    {
        "SENT" => TransportStatus.Sent,
        "DELIVERED" => TransportStatus.Delivered,
        "UNDELIVERED" => TransportStatus.Undelivered,
        "REJECTED" => TransportStatus.Rejected,

        // Assumed: the failover flow waits for “read”, so there is such a status.
        "READ" => TransportStatus.Read,
        _ => null,
    };
}
