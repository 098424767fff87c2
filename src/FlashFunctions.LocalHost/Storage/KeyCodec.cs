using System.Buffers;
using System.Text;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// The two keys of a row as one: partition, a zero byte, row key. Each UTF-16 unit is encoded by itself, as UTF-8 encodes a
/// character below U+10000, so that the order of the bytes is the ordinal order of the strings.
/// </summary>
internal static class KeyCodec
{
    /// <summary>The longest key that a row can have, in bytes.</summary>
    public const int MaxBytes = (MaxLength * 3 * 2) + 1;

    private const int MaxLength = 512;
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Select(code => (char)code), '/', '\\', '#', '?']);

    /// <summary>Both keys as one.</summary>
    /// <exception cref="ArgumentException">A key is empty, too long, or holds a character that no key may hold.</exception>
    public static byte[] Encode(string partitionKey, string rowKey)
    {
        Span<byte> buffer = stackalloc byte[MaxBytes];
        return buffer[..Encode(partitionKey, rowKey, buffer)].ToArray();
    }

    /// <inheritdoc cref="Encode(string, string)"/>
    public static int Encode(string partitionKey, string rowKey, Span<byte> to)
    {
        var length = Prefix(partitionKey, to);
        Check(rowKey, nameof(rowKey));
        return length + Write(rowKey, to[length..]);
    }

    /// <summary>What all keys of a partition begin with.</summary>
    public static int Prefix(string partitionKey, Span<byte> to)
    {
        Check(partitionKey, nameof(partitionKey));
        var length = Write(partitionKey, to);
        to[length] = 0;
        return length + 1;
    }

    /// <summary>Takes both keys apart again.</summary>
    public static (string PartitionKey, string RowKey) DecodeBoth(ReadOnlySpan<byte> key)
    {
        var end = key.IndexOf((byte)0);
        return (Decode(key[..end]), Decode(key[(end + 1)..]));
    }

    public static string Decode(ReadOnlySpan<byte> key)
    {
        if (Ascii.IsValid(key))
            return Encoding.ASCII.GetString(key);

        Span<char> chars = stackalloc char[MaxLength];
        var length = 0;
        for (var at = 0; at < key.Length; length++)
        {
            chars[length] = key[at] switch
            {
                < 0x80 => (char)key[at++],
                < 0xE0 => (char)(((key[at++] & 0x1F) << 6) | (key[at++] & 0x3F)),
                _ => (char)(((key[at++] & 0x0F) << 12) | ((key[at++] & 0x3F) << 6) | (key[at++] & 0x3F)),
            };
        }

        return new string(chars[..length]);
    }

    private static void Check(string key, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(key, name);
        if (key.Length > MaxLength || key.AsSpan().ContainsAny(Forbidden))
            throw new ArgumentException($"A key has 1 to {MaxLength} characters, no control characters and none of / \\ # ?", name);
    }

    private static int Write(string key, Span<byte> to)
    {
        if (Ascii.FromUtf16(key, to, out var length) is OperationStatus.Done)
            return length;

        length = 0;
        foreach (var unit in key)
        {
            if (unit < 0x80)
            {
                to[length++] = (byte)unit;
                continue;
            }

            if (unit < 0x800)
            {
                to[length++] = (byte)(0xC0 | (unit >> 6));
            }
            else
            {
                to[length++] = (byte)(0xE0 | (unit >> 12));
                to[length++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
            }

            to[length++] = (byte)(0x80 | (unit & 0x3F));
        }

        return length;
    }
}
