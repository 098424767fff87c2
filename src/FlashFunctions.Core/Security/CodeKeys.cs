using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Codes without storing them. A code of ours is derived from a secret key and the request id; a code that the ringing
/// number makes, and the number itself, are kept as keyed hashes bound to the request; a code that the caller gives is
/// encrypted until its attempt is placed.
/// </summary>
public sealed class CodeKeys(IOptions<SecurityOptions> options)
{
    private readonly Dictionary<string, byte[]> _keys =
        options.Value.CodeKeys.ToDictionary(pair => pair.Key, pair => Convert.FromBase64String(pair.Value), StringComparer.Ordinal);

    /// <summary>The key id that a new request gets.</summary>
    public string ActiveKeyId { get; } = options.Value.ActiveCodeKey;

    /// <summary>
    /// The code of a request, uniform over its range: HMAC-SHA-256 taken 64 bits at a time, values beyond the largest
    /// multiple of the range are rejected.
    /// </summary>
    /// <param name="keyId">The key id that is stored on the request.</param>
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
            var hash = Mac(keyId, $"code\n{id}\n{length}\n{round}");
            for (var offset = 0; offset < hash.Length; offset += sizeof(ulong))
            {
                var value = BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(offset));
                if (value < limit)
                {
                    return $"{(value % range) + lowest}".PadLeft(length, '0');
                }
            }
        }
    }

    /// <summary>A keyed hash of digits that the phone shows, bound to the request and to what they are.</summary>
    public string Hash(string keyId, RequestId id, string purpose, string digits) =>
        Base64Url.EncodeToString(Mac(keyId, $"{purpose}\n{id}\n{digits}"));

    /// <summary>Encrypts a code that the caller gave, bound to the request.</summary>
    public string Encrypt(string keyId, RequestId id, string code) => AesBox.Seal(EncryptionKey(keyId), id.Text, code);

    public string Decrypt(string keyId, RequestId id, string encrypted) => AesBox.Open(EncryptionKey(keyId), id.Text, encrypted);

    private byte[] Mac(string keyId, string text) => HMACSHA256.HashData(_keys[keyId], Encoding.UTF8.GetBytes(text));

    private byte[] EncryptionKey(string keyId) => AesBox.DeriveKey(_keys[keyId], "encrypt");
}
