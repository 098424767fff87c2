using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Text that is needed later and must not be stored in clear: AES-GCM under a key derived from
/// <see cref="SecurityOptions.ServiceKey"/>, bound to its owner. Text that was sealed under an earlier key can still be opened.
/// </summary>
public sealed class SealedText(IOptions<SecurityOptions> options)
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[][] _keys =
    [
        .. ServiceKey
            .KeysOf(options.Value)
            .Select(key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "sealed text"u8.ToArray())),
    ];

    /// <summary>Seals a text. It opens for the same <paramref name="owner"/> only.</summary>
    public string Seal(string owner, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        using var aes = new AesGcm(_keys[0], TagSize);
        aes.Encrypt(
            box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize + TagSize), box.AsSpan(NonceSize, TagSize),
            Encoding.UTF8.GetBytes(owner));
        return Convert.ToBase64String(box);
    }

    /// <summary>Gives back what <see cref="Seal"/> took.</summary>
    /// <exception cref="CryptographicException">
    /// It was sealed for another owner, under another service key, or was changed since.
    /// </exception>
    public string Open(string owner, string text)
    {
        var box = Convert.FromBase64String(text);
        for (var key = 0; key < _keys.Length - 1; key++)
        {
            try
            {
                return Open(_keys[key], owner, box);
            }
            catch (AuthenticationTagMismatchException)
            {
                // The next one may open it.
            }
        }

        return Open(_keys[^1], owner, box);
    }

    /// <summary>Whether a text was sealed under the service key in use, and not under one before.</summary>
    public bool IsCurrent(string owner, string text)
    {
        if (_keys.Length == 1)
        {
            return true;
        }

        try
        {
            return Open(_keys[0], owner, Convert.FromBase64String(text)) is not null;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    private static string Open(byte[] key, string owner, ReadOnlySpan<byte> box)
    {
        var plain = new byte[box.Length - NonceSize - TagSize];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(box[..NonceSize], box[(NonceSize + TagSize)..], box.Slice(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(owner));
        return Encoding.UTF8.GetString(plain);
    }
}
