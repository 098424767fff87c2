using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Keyed hashes under <see cref="SecurityOptions.ServiceKey"/>: HMAC-SHA-256 over a purpose and its parts. While that key replaces others,
/// hashes under those are still found and accepted.
/// </summary>
public sealed class ServiceKey(IOptions<SecurityOptions> options)
{
    private readonly byte[][] _keys = [.. KeysOf(options.Value)];

    public bool IsReplacing => _keys.Length > 1;

    /// <summary>A 256-bit hash in base64url, 43 characters that may stand in a path and in a table key.</summary>
    /// <param name="purpose">What the hash is for, so that no hash serves two purposes.</param>
    /// <param name="parts">What is hashed; each part is delimited, so that no two lists of parts have the same hash.</param>
    public string Hash(string purpose, params ReadOnlySpan<string> parts) => Hash(_keys[0], purpose, parts);

    /// <summary>The same under each key, the one in use first, then those that it replaces, the latest first.</summary>
    public string[] Hashes(string purpose, params ReadOnlySpan<string> parts)
    {
        var hashes = new string[_keys.Length];
        for (var index = 0; index < hashes.Length; index++)
        {
            hashes[index] = Hash(_keys[index], purpose, parts);
        }

        return hashes;
    }

    /// <summary>Whether <paramref name="given"/> is that hash, under any of the keys, in constant time.</summary>
    public bool Matches(string given, string purpose, params ReadOnlySpan<string> parts) =>
        Hashes(purpose, parts).Aggregate(false, (matches, hash) => matches | ConstantTime.Equals(hash, given));

    internal static IEnumerable<byte[]> KeysOf(SecurityOptions options) =>
        options.PreviousServiceKeys.Where(key => key.Length > 0).Prepend(options.ServiceKey).Select(Convert.FromBase64String);

    private static string Hash(byte[] key, string purpose, ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(purpose);
        foreach (var part in parts)
        {
            text.Append('\n').Append(part.Length).Append(':').Append(part);
        }

        return Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>Compares secrets in a time that says nothing about them, their length included. An empty secret equals nothing.</summary>
internal static class ConstantTime
{
    public static bool Equals(string secret, string? given) =>
        secret.Length > 0 && given is not null && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
}
