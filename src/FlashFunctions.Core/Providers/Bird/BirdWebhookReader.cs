using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Bird's webhook for outbound calls: signed, an envelope around the call, or (leniently) the bare call.</summary>
internal sealed class BirdWebhookReader(IOptions<BirdOptions> options, TimeProvider time) : IWebhookReader
{
    private const string OutboundCalls = "voice.outbound";

    public WebhookReading Read(ProviderWebhook webhook)
    {
        if (BirdSignature.Mistake(options.Value.WebhookSigningKey, webhook, time.GetUtcNow()) is { } mistake)
        {
            return new WebhookReading.NotAuthentic(mistake);
        }

        var envelope = LooseJson.TryRead(webhook.Body.Span, BirdJson.Default.BirdEnvelope);
        if (envelope?.Event is { } name && !name.Equals(OutboundCalls, StringComparison.OrdinalIgnoreCase))
        {
            return new WebhookReading.Events([]);
        }

        var call = envelope?.Payload ?? LooseJson.TryRead(webhook.Body.Span, BirdJson.Default.BirdCall);
        return call is { Id: not null }
            ? new WebhookReading.Events([Event(call)])
            : new WebhookReading.Unreadable("no call with an id");
    }

    private static ProviderEvent Event(BirdCall call) => new(
        BirdProvider.ProviderName,
        Attempt: null,
        call.Id,
        BirdStatuses.Of(call.Status, hasRung: call.RingingAt is not null || call.AnsweredAt is not null),
        ProviderText.Status(call.Status),
        call.UpdatedAt,
        Call: new CallDetails
        {
            CreatedAt = call.CreatedAt,
            RingStartedAt = call.RingingAt,
            AnsweredAt = call.AnsweredAt,
            EndedAt = call.EndedAt,
            Duration = ProviderText.Seconds(call.Duration),
        },
        IsCancellation: BirdStatuses.IsCancelled(call.Status),
        IsAnswered: BirdStatuses.IsAnswered(call.Status));
}
