using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Accounts;

/// <summary>A key id and its secret, as a caller sent them. Prints itself without the secret.</summary>
public sealed record Credentials(string KeyId, string Secret)
{
    private const int Longest = 64;

    /// <summary>
    /// Reads <c>Authorization: Basic base64(keyId:secret)</c> or <c>X-Authorization: AccessKey keyId:secret</c>; null where there is
    /// neither, or it cannot be read.
    /// </summary>
    public static Credentials? Read(string? authorization, string? accessKey)
    {
        if (After(accessKey, "AccessKey ") is { } plain)
        {
            return Split(plain);
        }

        var encoded = After(authorization, "Basic ");
        var bytes = new byte[256];
        return encoded is not null && Convert.TryFromBase64String(encoded, bytes, out var length)
            ? Split(Encoding.UTF8.GetString(bytes, 0, length))
            : null;
    }

    public override string ToString() => KeyId;

    private static string? After(string? header, string scheme) =>
        header?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true ? header[scheme.Length..].Trim() : null;

    private static Credentials? Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= Longest && text.Length > colon + 1 && text[..colon].All(IsKeyCharacter)
            ? new Credentials(text[..colon], text[(colon + 1)..])
            : null;
    }

    /// <summary>Key ids stand in table keys.</summary>
    private static bool IsKeyCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}

/// <summary>
/// The key ids that we make: 96 random bits and a checksum, in hexadecimal. A made-up one is recognized without a look-up in the store.
/// Neither the checksum nor the key id is secret.
/// </summary>
public static class KeyIds
{
    private const int RandomBytes = 12;
    private const int CheckBytes = 4;
    private const string Purpose = "FlashFunctions key id ";

    /// <summary>A new key id, of 32 characters.</summary>
    public static string Make() => Of(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>The key id of 12 random bytes.</summary>
    public static string Of(ReadOnlySpan<byte> random)
    {
        var text = Convert.ToHexStringLower(random);
        return text + ChecksumOf(text);
    }

    /// <summary>Whether a key id may be one that we made.</summary>
    public static bool MayBeOurs(string keyId) =>
        keyId.Length == 2 * (RandomBytes + CheckBytes) && keyId[(2 * RandomBytes)..] == ChecksumOf(keyId[..(2 * RandomBytes)]);

    private static string ChecksumOf(string random) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Purpose + random)).AsSpan(0, CheckBytes));
}
