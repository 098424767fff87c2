using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Signs callbacks to the Standard Webhooks specification.</summary>
public static class StandardWebhooks
{
    /// <summary>The header of the callback's id: the same for every try of one callback, so that a receiver can drop repeats.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header of the try's time, in unix seconds; a receiver refuses old ones.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header of the signatures: one per secret, separated by spaces.</summary>
    public const string SignatureHeader = "webhook-signature";

    /// <summary>The three headers of one try.</summary>
    /// <param name="id">The callback's id: ASCII without a full stop, which delimits what is signed.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    /// <param name="secrets">The live secrets, at least one; while one replaces another, both.</param>
    /// <exception cref="ArgumentException">No secret, or an id that cannot be signed.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Sign(
        string id, DateTimeOffset timestamp, ReadOnlySpan<byte> body, IReadOnlyCollection<WebhookSecret> secrets)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        if (!id.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
        {
            throw new ArgumentException("An id is made of letters, digits, _ and -.", nameof(id));
        }

        if (secrets.Count == 0)
        {
            throw new ArgumentException("A callback is never sent unsigned.", nameof(secrets));
        }

        var seconds = timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{seconds}."), .. body];
        var signatures = secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret.Key, signed))}");
        return [new(IdHeader, id), new(TimestampHeader, seconds), new(SignatureHeader, string.Join(' ', signatures))];
    }
}
