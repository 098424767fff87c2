using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>The numbers of ours that a call may come from. Its code is the tail of the one that is picked.</summary>
internal sealed class BirdPool
{
    public const int ShortestCode = 4;
    public const int LongestCode = 6;
    public const int Largest = 100_000;

    private readonly PhoneNumber[] _numbers;
    private readonly Lazy<int[]> _tails;
    private readonly Lazy<HashSet<(string Prefix, int Tail)>> _fullPrefixes;

    private BirdPool(PhoneNumber[] numbers)
    {
        int[] lengths = [.. Enumerable.Range(ShortestCode, LongestCode - ShortestCode + 1)];
        _numbers = numbers;
        _tails = new(() =>
            [.. lengths.Select(length => numbers.Select(number => number.Digits[^length..]).Distinct(StringComparer.Ordinal).Count())]);
        _fullPrefixes = new(() =>
        [
            .. from tail in lengths
               from prefix in numbers.Where(number => number.Digits.Length > tail)
                   .CountBy(number => number.Digits[..^tail], StringComparer.Ordinal)
               where prefix.Value == (int)Math.Pow(10, tail)
               select (prefix.Key, tail),
        ]);
    }

    public bool IsEmpty => _numbers.Length == 0;

    /// <summary>Distinct numbers in the order given, or null when the text is not a list of numbers and ranges.</summary>
    public static BirdPool? Parse(string text)
    {
        var numbers = new OrderedDictionary<string, PhoneNumber>(StringComparer.Ordinal);
        foreach (var entry in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = entry.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !Add(numbers, ends[0], ends[^1]))
            {
                return null;
            }
        }

        return new BirdPool([.. numbers.Values]);
    }

    /// <summary>
    /// The number for a seed, null where there is none: the same each time, so that it can be found again without being stored, and to be
    /// foreseen by nobody without the key that the seed was hashed with.
    /// </summary>
    public PhoneNumber? Pick(string seed) =>
        IsEmpty ? null : _numbers[BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(seed))) % (ulong)_numbers.Length];

    /// <summary>How many distinct tails of that length there are.</summary>
    public int Tails(int length) => _tails.Value[length - ShortestCode];

    /// <summary>Whether every tail of that length is in the pool under the prefix.</summary>
    public bool HasAllUnder(string prefix, int length) => _fullPrefixes.Value.Contains((prefix, length));

    private static bool Add(OrderedDictionary<string, PhoneNumber> numbers, string first, string last)
    {
        if (!PhoneNumber.TryParse(first, null, out var from) || !PhoneNumber.TryParse(last, null, out var to)
            || from.E164.Length != to.E164.Length)
        {
            return false;
        }

        var (low, high) = (long.Parse(from.Digits), long.Parse(to.Digits));
        if (high < low || high - low >= Largest - numbers.Count)
        {
            return false;
        }

        for (var number = low; number <= high; number++)
        {
            numbers.TryAdd($"+{number}", PhoneNumber.Parse($"+{number}", null));
        }

        return true;
    }
}

/// <summary>Warns at start-up of a Bird whose codes are easier to guess than four digits.</summary>
internal sealed partial class BirdPoolCheck(
    IOptions<BirdOptions> options, IHostEnvironment environment, ILogger<BirdPoolCheck> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        const int Length = BirdPool.ShortestCode;
        if (options.Value.Digits(Length) is var digits and < Length)
        {
            var warn = environment.IsDevelopment() ? (Action<ILogger, int, int>)Log.UsedInDevelopment : Log.PassedOver;
            warn(logger, digits, options.Value.Tails(Length));
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
