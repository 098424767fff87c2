using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Reads the pool of caller numbers and picks from it.</summary>
internal static class CallerNumberPool
{
    /// <summary>Distinct numbers in the order given, or null when the text is not a list of numbers and ranges.</summary>
    public static IReadOnlyList<PhoneNumber>? Parse(string text)
    {
        var pool = new OrderedDictionary<string, PhoneNumber>(StringComparer.Ordinal);
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = entry.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !Add(pool, ends[0], ends[^1]))
            {
                return null;
            }
        }

        return [.. pool.Values];
    }

    /// <summary>
    /// The number for a seed: the same each time, so that it can be found again without being stored, and to be foreseen by nobody
    /// without the key that the seed was hashed with.
    /// </summary>
    public static PhoneNumber Pick(IReadOnlyList<PhoneNumber> pool, string seed)
    {
        var index = BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) % (ulong)pool.Count;
        return pool[(int)index];
    }

    public static int DistinctTails(IReadOnlyList<PhoneNumber> pool, int length) =>
        pool.Select(number => number.Digits[^length..]).Distinct(StringComparer.Ordinal).Count();

    /// <summary>The prefixes under which the pool has every tail of so many digits.</summary>
    public static HashSet<(string Prefix, int Tail)> FullPrefixes(IReadOnlyList<PhoneNumber> pool, int shortest, int longest) =>
    [
        .. from tail in Enumerable.Range(shortest, longest - shortest + 1)
           from prefix in pool.Where(number => number.Digits.Length > tail).CountBy(number => number.Digits[..^tail], StringComparer.Ordinal)
           where prefix.Value == (int)Math.Pow(10, tail)
           select (prefix.Key, tail),
    ];

    private static bool Add(OrderedDictionary<string, PhoneNumber> pool, string first, string last)
    {
        if (!PhoneNumber.TryParse(first, null, out var from) || !PhoneNumber.TryParse(last, null, out var to)
            || from.E164.Length != to.E164.Length)
        {
            return false;
        }

        var (low, high) = (Value(from), Value(to));
        if (high < low || high - low >= BirdOptions.LargestPool - pool.Count)
        {
            return false;
        }

        for (var number = low; number <= high; number++)
        {
            var e164 = $"+{number.ToString(CultureInfo.InvariantCulture)}";
            pool.TryAdd(e164, PhoneNumber.Parse(e164, null));
        }

        return true;
    }

    private static long Value(PhoneNumber number) => long.Parse(number.Digits, CultureInfo.InvariantCulture);
}
