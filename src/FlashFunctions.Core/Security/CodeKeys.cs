using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Codes without storing them. A code of ours is derived from a secret key and the request id; a code that the ringing
/// number makes, and the number itself, are kept as keyed hashes bound to the request; a code that the caller gives is
/// encrypted until its attempt is placed.
/// </summary>
public sealed class CodeKeys
{
    private const int NonceSize = 12;
    private const int TagSize = 16;
    private readonly Dictionary<string, byte[]> _keys;

    public CodeKeys(IOptions<SecurityOptions> options)
    {
        _keys = options.Value.CodeKeys.ToDictionary(pair => pair.Key, pair => Convert.FromBase64String(pair.Value), StringComparer.Ordinal);
        ActiveKeyId = options.Value.ActiveCodeKey;
    }

    /// <summary>The key id that a new request gets.</summary>
    public string ActiveKeyId { get; }

    /// <summary>
    /// The code of a request, uniform over its range: HMAC-SHA-256 taken 64 bits at a time, values beyond the largest
    /// multiple of the range are rejected.
    /// </summary>
    /// <param name="keyId">The key id that is stored on the request.</param>
    /// <param name="id">The request.</param>
    /// <param name="length">4 to 6 digits.</param>
    /// <param name="noLeadingZero">Draw from 1000–9999 and so on, for a provider whose code is a number.</param>
    /// <exception cref="KeyNotFoundException">The key has been taken out of the configuration.</exception>
    public string Derive(string keyId, RequestId id, int length, bool noLeadingZero)
    {
        var all = (ulong)Math.Pow(10, length);
        var lowest = noLeadingZero ? all / 10 : 0;
        var range = all - lowest;
        var limit = ulong.MaxValue - (ulong.MaxValue % range);
        for (var round = 0; ; round++)
        {
            var hash = Mac(keyId, string.Create(CultureInfo.InvariantCulture, $"code\n{id}\n{length}\n{round}"));
            for (var offset = 0; offset < hash.Length; offset += sizeof(ulong))
            {
                var value = BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(offset));
                if (value < limit)
                {
                    return ((value % range) + lowest).ToString(CultureInfo.InvariantCulture).PadLeft(length, '0');
                }
            }
        }
    }

    /// <summary>A keyed hash of digits that the phone shows, bound to the request and to what they are.</summary>
    public string Hash(string keyId, RequestId id, string purpose, string digits) =>
        Base64Url.EncodeToString(Mac(keyId, $"{purpose}\n{id}\n{digits}"));

    /// <summary>Whether two texts are equal, in a time that does not tell where they differ.</summary>
    public static bool Same(string left, string right) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    /// <summary>Encrypts a code that the caller gave, with AES-GCM, bound to the request.</summary>
    public string Encrypt(string keyId, RequestId id, string code)
    {
        var plain = Encoding.UTF8.GetBytes(code);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(EncryptionKey(keyId), TagSize);
        aes.Encrypt(
            box.AsSpan(0, NonceSize),
            plain,
            box.AsSpan(NonceSize + TagSize),
            box.AsSpan(NonceSize, TagSize),
            Encoding.UTF8.GetBytes(id.Text));
        return Convert.ToBase64String(box);
    }

    /// <summary>Gives back what <see cref="Encrypt"/> took.</summary>
    public string Decrypt(string keyId, RequestId id, string encrypted)
    {
        var box = Convert.FromBase64String(encrypted);
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(EncryptionKey(keyId), TagSize);
        aes.Decrypt(
            box.AsSpan(0, NonceSize),
            box.AsSpan(NonceSize + TagSize),
            box.AsSpan(NonceSize, TagSize),
            plain,
            Encoding.UTF8.GetBytes(id.Text));
        return Encoding.UTF8.GetString(plain);
    }

    private byte[] Mac(string keyId, string text) => HMACSHA256.HashData(_keys[keyId], Encoding.UTF8.GetBytes(text));

    private byte[] EncryptionKey(string keyId) => HKDF.DeriveKey(HashAlgorithmName.SHA256, _keys[keyId], 32, info: "encrypt"u8.ToArray());
}
