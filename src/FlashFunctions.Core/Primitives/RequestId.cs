using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FlashFunctions.Core.Primitives;

/// <summary>
/// The id of a request: 26 characters of Crockford base32 that hold 48 bits of the unix time in milliseconds at which the
/// request is due and 80 random bits. The id alone finds the stored row, see TableKeys.
/// </summary>
public sealed record RequestId : IParsable<RequestId>
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int Length = 26;

    /// <summary>How many partitions a minute's requests are spread over. Two hexadecimal digits, and at most 256.</summary>
    public const int Shards = 64;

    private RequestId(string text, UInt128 bits)
    {
        Text = text;
        DueAt = DateTimeOffset.FromUnixTimeMilliseconds((long)(ulong)(bits >> 80));
        Shard = (int)(uint)(bits & (Shards - 1));
    }

    public string Text { get; }

    /// <summary>When the request is due: a verification's expiry.</summary>
    public DateTimeOffset DueAt { get; }

    /// <summary>0 to 63, from the random bits: spreads the requests of a minute.</summary>
    public int Shard { get; }

    public static RequestId New(DateTimeOffset dueAt)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random[6..]);
        var bits = ((UInt128)(ulong)dueAt.ToUnixTimeMilliseconds() << 80) | BinaryPrimitives.ReadUInt128BigEndian(random);
        return new RequestId(Write(bits), bits);
    }

    public static RequestId Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException("Not a request id.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out RequestId result)
    {
        result = null;
        if (s is not { Length: Length } || s[0] > '7')
        {
            return false;
        }

        UInt128 bits = 0;
        foreach (var character in s)
        {
            var value = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 5) | (uint)value;
        }

        if ((ulong)(bits >> 80) > 253_402_300_799_999)
        {
            return false;
        }

        result = new RequestId(s, bits);
        return true;
    }

    public override string ToString() => Text;

    private static string Write(UInt128 bits) => string.Create(Length, bits, static (characters, rest) =>
    {
        for (var i = Length - 1; i >= 0; i--)
        {
            characters[i] = Alphabet[(int)(uint)(rest & 31)];
            rest >>= 5;
        }
    });
}
