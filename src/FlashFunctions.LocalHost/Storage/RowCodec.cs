using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// A row's properties as one value of the file: a byte for the form of what follows (1), then for each property the length of
/// its name, the name, a byte for its type, and its value: a long in 8 bytes, a string after its length in 4. Little-endian, UTF-8.
/// </summary>
internal static class RowCodec
{
    private const byte Form = 1;
    private const int MaxNameLength = 255;
    private const int KnownNames = 1_024;
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    private enum Type : byte
    {
        False = 0,
        True = 1,
        Number = 2,
        Text = 3,
    }

    /// <summary>Of properties that a row may hold (<see cref="FlashFunctions.Core.Storage.RowLimits"/>): leaves nulls out, and takes a copy that the caller cannot change any more.</summary>
    public static byte[] Encode(IReadOnlyDictionary<string, object?> properties, out RowProperties copy)
    {
        var kept = new List<KeyValuePair<string, object?>>(properties.Count);
        var size = 1;
        foreach (var property in properties)
        {
            if (property.Value is null)
                continue;

            kept.Add(property);
            size += Size(property.Key, property.Value);
        }

        var bytes = new byte[size];
        bytes[0] = Form;
        var rest = bytes.AsSpan(1);
        foreach (var (name, value) in kept)
        {
            rest = rest[Write(name, value!, rest)..];
        }

        copy = new RowProperties([.. kept]);
        return bytes;
    }

    public static RowProperties Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[0] is not Form)
            throw new InvalidDataException("The row is written in a form that this version does not know.");

        var properties = new List<KeyValuePair<string, object?>>(8);
        for (var rest = bytes[1..]; !rest.IsEmpty;)
        {
            var name = Name(Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2))));
            properties.Add(new KeyValuePair<string, object?>(name, (Type)Take(ref rest, 1)[0] switch
            {
                Type.False => False,
                Type.True => True,
                Type.Number => BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, 8)),
                _ => Encoding.UTF8.GetString(Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4)))),
            }));
        }

        return new RowProperties([.. properties]);
    }

    /// <summary>The whole number of that name, without reading anything else; null where there is none.</summary>
    public static long? Number(ReadOnlySpan<byte> bytes, string name)
    {
        Span<byte> wanted = stackalloc byte[MaxNameLength * 3];
        wanted = wanted[..Encoding.UTF8.GetBytes(name, wanted)];
        for (var rest = bytes[1..]; !rest.IsEmpty;)
        {
            var found = Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2))).SequenceEqual(wanted);
            switch ((Type)Take(ref rest, 1)[0])
            {
                case Type.Number:
                    var number = BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, 8));
                    if (found)
                        return number;

                    break;
                case Type.Text:
                    Take(ref rest, BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, 4)));
                    break;
            }

            if (found)
                return null;
        }

        return null;
    }

    private static int Size(string name, object value) => 3 + Encoding.UTF8.GetByteCount(name) + value switch
    {
        bool => 0,
        long => 8,
        _ => 4 + Encoding.UTF8.GetByteCount((string)value),
    };

    private static int Write(string name, object value, Span<byte> to)
    {
        var length = Encoding.UTF8.GetBytes(name, to[2..]);
        BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)length);
        length += 2;
        switch (value)
        {
            case bool flag:
                to[length++] = (byte)(flag ? Type.True : Type.False);
                return length;
            case long number:
                to[length++] = (byte)Type.Number;
                BinaryPrimitives.WriteInt64LittleEndian(to[length..], number);
                return length + 8;
            default:
                to[length++] = (byte)Type.Text;
                var bytes = Encoding.UTF8.GetBytes((string)value, to[(length + 4)..]);
                BinaryPrimitives.WriteInt32LittleEndian(to[length..], bytes);
                return length + 4 + bytes;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int count)
    {
        var taken = from[..count];
        from = from[count..];
        return taken;
    }

    /// <summary>One string a name, as long as there are not more names than a program has.</summary>
    private static string Name(ReadOnlySpan<byte> utf8)
    {
        Span<char> chars = stackalloc char[MaxNameLength];
        ReadOnlySpan<char> name = chars[..Encoding.UTF8.GetChars(utf8, chars)];
        if (Names.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known))
            return known;

        var added = name.ToString();
        return Names.Count < KnownNames ? Names.GetOrAdd(added, added) : added;
    }
}
