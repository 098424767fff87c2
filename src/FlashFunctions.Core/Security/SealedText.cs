using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Text that is needed later and must not be stored in clear: AES-GCM under a key derived from
/// <see cref="SecurityOptions.ServiceKey"/>, bound to its owner. Text that was sealed under an earlier key can still be opened.
/// </summary>
public sealed class SealedText(IOptions<SecurityOptions> options)
{
    private readonly byte[][] _keys = [.. ServiceKey.KeysOf(options.Value).Select(key => AesBox.DeriveKey(key, "sealed text"))];

    /// <summary>Seals a text. It opens for the same <paramref name="owner"/> only.</summary>
    public string Seal(string owner, string text) => AesBox.Seal(_keys[0], owner, text);

    /// <summary>Gives back what <see cref="Seal"/> took.</summary>
    /// <exception cref="CryptographicException">
    /// It was sealed for another owner, under another service key, or was changed since.
    /// </exception>
    public string Open(string owner, string text)
    {
        for (var key = 0; ; key++)
        {
            try
            {
                return AesBox.Open(_keys[key], owner, text);
            }
            catch (AuthenticationTagMismatchException) when (key < _keys.Length - 1)
            {
                // The next one may open it.
            }
        }
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
            return AesBox.Open(_keys[0], owner, text) is not null;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }
}

/// <summary>AES-GCM as text: base64 of nonce, tag and what was encrypted, bound to an owner that is not in it.</summary>
internal static class AesBox
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    public static byte[] DeriveKey(byte[] key, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes(purpose));

    public static string Seal(byte[] key, string owner, string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var box = new byte[NonceSize + TagSize + plain.Length];
        var (nonce, tag, sealedText) = Parts(box);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, plain, sealedText, tag, Encoding.UTF8.GetBytes(owner));
        return Convert.ToBase64String(box);
    }

    public static string Open(byte[] key, string owner, string text)
    {
        var (nonce, tag, sealedText) = Parts(Convert.FromBase64String(text));
        var plain = new byte[sealedText.Count];
        using var aes = new AesGcm(key, TagSize);
        aes.Decrypt(nonce, sealedText, tag, plain, Encoding.UTF8.GetBytes(owner));
        return Encoding.UTF8.GetString(plain);
    }

    private static (ArraySegment<byte> Nonce, ArraySegment<byte> Tag, ArraySegment<byte> Sealed) Parts(byte[] box) =>
        (new(box, 0, NonceSize), new(box, NonceSize, TagSize), new(box, NonceSize + TagSize, box.Length - NonceSize - TagSize));
}
