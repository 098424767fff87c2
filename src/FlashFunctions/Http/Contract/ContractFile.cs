using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Http.Contract;

/// <summary>A file that is the same until the service is deployed anew.</summary>
public sealed class ContractFile
{
    internal ContractFile(string text, string contentType)
    {
        ContentType = contentType;
        Bytes = Encoding.UTF8.GetBytes(text);
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(Bytes.Span)[..16])}\"";
    }

    /// <summary>Its media type.</summary>
    public string ContentType { get; }

    /// <summary>Its content.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The strong validator of its content, in quotes.</summary>
    public string ETag { get; }

    /// <summary>What a browser may do with it; null where it is no page.</summary>
    public string? ContentSecurityPolicy { get; init; }
}
