using System.Globalization;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Lanck's callback about a call or a message; and an inbound SMS, whose address <c>{public}/webhooks/lanck/inbound-sms/{token}</c> is
/// entered in Lanck's account once: the token in it is its proof. Lanck repeats an SMS for 24 hours until it gets a 2xx.
/// </summary>
internal sealed class LanckWebhook(IOptions<LanckOptions> options, CallbackAddresses callbacks)
    : AttemptWebhook(LanckProvider.ProviderName, options.Value, callbacks)
{
    private const string InboundFolder = "inbound-sms/";

    private readonly string _inboundToken = options.Value.InboundSmsToken;

    public override WebhookReading.NotAuthentic? RefusalOf(string path) => !IsInbound(path) ? base.RefusalOf(path)
        : ConstantTime.Equals(_inboundToken, path[InboundFolder.Length..]) ? null
        : WrongToken;

    public override WebhookReading Read(ProviderWebhook webhook) =>
        !IsInbound(webhook.Path) ? base.Read(webhook) : RefusalOf(webhook.Path) ?? ReadSms(webhook.Body.Span);

    protected override WebhookReading Read(AttemptKey attempt, ReadOnlySpan<byte> body) =>
        LooseJson.TryRead(body, LanckJson.Default.LanckCallback) is { } callback
            ? new WebhookReading.Events([Event(attempt, callback)])
            : new WebhookReading.Unreadable("not a JSON object");

    private static bool IsInbound(string path) => path.StartsWith(InboundFolder, StringComparison.OrdinalIgnoreCase);

    private static WebhookReading ReadSms(ReadOnlySpan<byte> body) =>
        LooseJson.TryRead(body, LanckJson.Default.LanckInbound) is { MessageId: { } id, To: { } to, From: { } from } sms
            ? new WebhookReading.Inbound(new InboundSms(id, from, to, sms.Text ?? "", sms.Timestamp, sms.Parts))
            : new WebhookReading.Unreadable("no messageId, from or to");

    private static ProviderEvent Event(AttemptKey attempt, LanckCallback callback)
    {
        var (ofCall, ofMessage) = (LanckStatuses.Of(callback.Status, isCall: true), LanckStatuses.Of(callback.Status, isCall: false));
        var reported = new ProviderEvent(
            LanckProvider.ProviderName,
            attempt,
            callback.RequestId,
            IsCall(callback) ? ofCall : ofMessage,
            ProviderText.Status(callback.Status),
            callback.Timestamp,
            callback.Mccmnc,
            IsCall(callback) ? Details(callback) : null,
            Outcome: CallStatuses.OutcomeOf(callback.Status));
        return ofCall == ofMessage ? reported : reported with { OfCall = ofCall, OfMessage = ofMessage };
    }

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
