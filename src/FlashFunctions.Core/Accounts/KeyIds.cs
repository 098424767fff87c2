using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Accounts;

/// <summary>
/// The key ids that we make: 96 random bits and a checksum, in hexadecimal. A made-up one is recognized without a
/// look-up in the store. Neither the checksum nor the key id is secret.
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
