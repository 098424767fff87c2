using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Providers.Bird;

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
