using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Http.Pages;

/// <summary>A file that is the same until another version of the service is deployed.</summary>
public sealed class StaticFile
{
    private readonly Lazy<ReadOnlyMemory<byte>> _compressed;

    internal StaticFile(string text, string contentType)
    {
        ContentType = contentType;
        Bytes = Encoding.UTF8.GetBytes(text);
        Hash = Convert.ToHexStringLower(SHA256.HashData(Bytes.Span)[..16]);
        _compressed = new(Compress);
    }

    /// <summary>Its media type.</summary>
    public string ContentType { get; }

    /// <summary>Its content.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Its content by gzip.</summary>
    public ReadOnlyMemory<byte> Compressed => _compressed.Value;

    /// <summary>128 bits of the SHA-256 of its content, in hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>What a browser may do with it, where it is a page; everything else may do nothing.</summary>
    public string ContentSecurityPolicy { get; init; } = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>The text of an embedded file.</summary>
    internal static string ReadEmbedded(string name)
    {
        using var stream = typeof(StaticFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private ReadOnlyMemory<byte> Compress()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
        {
            gzip.Write(Bytes.Span);
        }

        return compressed.ToArray();
    }
}
