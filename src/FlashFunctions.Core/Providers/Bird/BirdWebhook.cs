using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Bird's webhook for outbound calls: signed, an envelope around the call, or (leniently) the bare call.</summary>
internal sealed class BirdWebhook(IOptions<BirdOptions> options, TimeProvider time) : IWebhookReader
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
        Outcome: BirdStatuses.OutcomeOf(call.Status));
}

/// <summary>
/// The signature of Bird's webhooks: base64 of HMAC-SHA-256 over the timestamp, the address that Bird called, and the SHA-256 of the body.
/// Assumed: from the provider's public pages, not from the source document.
/// </summary>
internal static class BirdSignature
{
    public const string SignatureHeader = "messagebird-signature";
    public const string TimestampHeader = "messagebird-request-timestamp";

    private static readonly TimeSpan LargestSkew = TimeSpan.FromMinutes(5);

    /// <summary>Null when the webhook is Bird's and fresh, else what is wrong.</summary>
    public static string? Mistake(string key, ProviderWebhook webhook, DateTimeOffset now)
    {
        if (key.Length == 0)
        {
            return "no signing key is configured";
        }

        if (!webhook.Headers.TryGetValue(TimestampHeader, out var timestamp) || !IsFresh(timestamp, now))
        {
            return "timestamp";
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        return webhook.Headers.TryGetValue(SignatureHeader, out var signature)
            && Convert.TryFromBase64String(signature, given, out var length) && length == given.Length
            && CryptographicOperations.FixedTimeEquals(given, Of(key, timestamp, webhook.Address, webhook.Body.Span))
                ? null
                : "signature";
    }

    public static byte[] Of(string key, string timestamp, string address, ReadOnlySpan<byte> body) =>
        HMACSHA256.HashData(
            Encoding.UTF8.GetBytes(key),
            (byte[])[.. Encoding.UTF8.GetBytes($"{timestamp}\n{address}\n"), .. SHA256.HashData(body)]);

    private static bool IsFresh(string timestamp, DateTimeOffset now) =>
        long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && Math.Abs(now.ToUnixTimeSeconds() - seconds) <= LargestSkew.TotalSeconds;
}

internal static class BirdStatuses
{
    private const string Cancelled = "cancelled";

    /// <summary>
    /// The normalised status, or null for one that nobody has documented. A call that was cancelled after it rang, which is how we end one,
    /// has been delivered.
    /// </summary>
    public static TransportStatus? Of(string? status, bool hasRung) => status?.ToLowerInvariant() switch
    {
        "accepted" or "scheduled" or "starting" => TransportStatus.Sent,
        "ringing" => TransportStatus.Ringing,
        "ongoing" or "completed" or "no-answer" or "busy" => TransportStatus.Delivered,
        "failed" => TransportStatus.Undelivered,
        Cancelled => hasRung ? TransportStatus.Delivered : TransportStatus.Undelivered,
        _ => null,
    };

    /// <summary>Whether the call was cancelled, which leaves open whether it had rung.</summary>
    public static bool IsCancelled(string? status) => Cancelled.Equals(status, StringComparison.OrdinalIgnoreCase);

    /// <summary>What became of the call, where the status says more of it than whether it was delivered.</summary>
    public static CallOutcome? OutcomeOf(string? status) => status?.ToLowerInvariant() switch
    {
        "ongoing" or "completed" => CallOutcome.Answered,
        "busy" => CallOutcome.Declined,
        _ => null,
    };
}
