using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

/// <summary>Keyed hashes under <see cref="SecurityOptions.ServiceKey"/>: HMAC-SHA-256 over a purpose and its parts.</summary>
public sealed class ServiceKey(IOptions<SecurityOptions> options)
{
    private readonly byte[] _key = Convert.FromBase64String(options.Value.ServiceKey);

    /// <summary>A 256-bit hash in base64url, 43 characters that may stand in a path and in a table key.</summary>
    /// <param name="purpose">What the hash is for, so that no hash serves two purposes.</param>
    /// <param name="parts">What is hashed; each part is delimited, so that no two lists of parts hash alike.</param>
    public string Hash(string purpose, params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(purpose);
        foreach (var part in parts)
        {
            text.Append('\n').Append(part.Length).Append(':').Append(part);
        }

        return Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>Whether <paramref name="given"/> is that hash, in constant time.</summary>
    public bool Matches(string given, string purpose, params ReadOnlySpan<string> parts) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Hash(purpose, parts)));
}
