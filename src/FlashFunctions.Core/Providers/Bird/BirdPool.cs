using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
           from prefix in pool.Where(number => number.Digits.Length > tail)
               .CountBy(number => number.Digits[..^tail], StringComparer.Ordinal)
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

/// <summary>How hard Bird's codes are to guess: as the numbers that it calls from have distinct tails.</summary>
internal sealed class BirdEntropy(IOptions<BirdOptions> options)
{
    public const int ShortestCode = 4;
    public const int LongestCode = 6;

    private readonly Lazy<int[]> _tails = new(() =>
        [.. Enumerable.Range(ShortestCode, LongestCode - ShortestCode + 1).Select(length => CountTails(options.Value, length))]);

    /// <summary>How many tails of that length there are.</summary>
    public int Tails(int codeLength) => _tails.Value[codeLength - ShortestCode];

    /// <summary>How many digits of entropy a code of that length has: the logarithm of the tails, rounded down.</summary>
    public int Digits(int codeLength)
    {
        var digits = 0;
        for (var tails = Tails(codeLength) / 10; tails > 0; tails /= 10)
        {
            digits++;
        }

        return digits;
    }

    private static int CountTails(BirdOptions options, int length) =>
        options.Pool is { Count: > 0 } pool ? CallerNumberPool.DistinctTails(pool, length) : options.AssumedTails;
}

/// <summary>Warns at start-up of a Bird whose codes are easier to guess than four digits.</summary>
internal sealed partial class BirdPoolCheck(BirdEntropy entropy, IHostEnvironment environment, ILogger<BirdPoolCheck> logger)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        const int Length = BirdEntropy.ShortestCode;
        if (entropy.Digits(Length) is var digits and < Length)
        {
            if (environment.IsDevelopment())
            {
                Log.UsedInDevelopment(logger, digits, entropy.Tails(Length));
            }
            else
            {
                Log.PassedOver(logger, digits, entropy.Tails(Length));
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "bird carries {Digits} digits of a code ({Tails} distinct tails), "
            + "so that verifications pass it over: see Providers:Bird:CallerNumbers and AssumedTails")]
        public static partial void PassedOver(ILogger logger, int digits, int tails);

        [LoggerMessage(2, LogLevel.Warning, "bird carries {Digits} digits of a code ({Tails} distinct tails): "
            + "used in development, passed over by verifications elsewhere, see Providers:Bird:CallerNumbers and AssumedTails")]
        public static partial void UsedInDevelopment(ILogger logger, int digits, int tails);
    }
}
