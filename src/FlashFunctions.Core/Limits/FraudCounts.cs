using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

public sealed record FraudSlot
{
    public const int Hour = 60;
    public const int Day = 1_440;

    /// <summary>Its first minute, counted from 1970.</summary>
    [JsonPropertyName("m")]
    public long Start { get; init; }

    /// <summary>How many minutes it has: 1, 60 or 1,440.</summary>
    [JsonPropertyName("l")]
    public int Length { get; init; } = 1;

    /// <summary>Attempts placed.</summary>
    [JsonPropertyName("n")]
    public long Sends { get; init; }

    /// <summary>Those among them whose verification was verified, whenever that was.</summary>
    [JsonPropertyName("v")]
    public long Verified { get; init; }

    /// <summary>Codes checked.</summary>
    [JsonPropertyName("c")]
    public long Checks { get; init; }

    /// <summary>Those among them that were wrong.</summary>
    [JsonPropertyName("w")]
    public long Wrong { get; init; }

    /// <summary>The minute after what is in it: a day holds only what is more than 26 hours old.</summary>
    [JsonIgnore]
    public long End => Length == Day ? Start : Start + Length;

    public static FraudSlot operator +(FraudSlot one, FraudSlot other) => one with
    {
        Sends = one.Sends + other.Sends,
        Verified = one.Verified + other.Verified,
        Checks = one.Checks + other.Checks,
        Wrong = one.Wrong + other.Wrong,
    };

    /// <summary>The slot that it is part of at that minute: 75 minutes later of its hour, 26 hours later of its day (UTC).</summary>
    public FraudSlot At(long minute) => (minute - Start) switch
    {
        > 26 * Hour => Within(Day),
        > 75 => Within(Hour),
        _ => this,
    };

    private FraudSlot Within(int length) => Length >= length ? this : this with { Start = Start / length * length, Length = length };
}

/// <summary>Something that is told apart within a scope: a number by its hash, or a country.</summary>
/// <param name="Minute">When it was last sent to, in minutes since 1970.</param>
/// <param name="Verified">Whether it was verified since.</param>
public sealed record FraudMark(
    [property: JsonPropertyName("k")] string Value, [property: JsonPropertyName("m")] long Minute,
    [property: JsonPropertyName("v")] bool Verified = false);

/// <summary>
/// What is counted in one scope: a prefix, country, IP address, device or account. Adding two of them gives what was counted in both, in
/// whatever order, so that instances and shards count for themselves. Its size is bounded.
/// </summary>
public sealed record FraudCounts
{
    /// <summary>How far the longest window reaches back.</summary>
    public const int Days = 14;

    /// <summary>The most marks of a scope; the latest count.</summary>
    public const int MostMarks = 64;

    private const int MostDelays = 2_000;

    /// <summary>Seconds from the last send to the right code: the upper ends of the histogram's bars.</summary>
    private static readonly int[] Seconds = [5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 300, 450, 600];

    public static FraudCounts None { get; } = new();

    /// <summary>By time; each minute, hour or day at most once.</summary>
    [JsonPropertyName("s")]
    public IReadOnlyList<FraudSlot> Slots { get; init; } = [];

    /// <summary>
    /// Of a prefix without its last 4 digits and of a device: the numbers sent to. Of an IP address: the countries sent to.
    /// </summary>
    [JsonPropertyName("k")]
    public IReadOnlyList<FraudMark> Marks { get; init; } = [];

    /// <summary>Of a country: how many right codes came within each of <see cref="Seconds"/>.</summary>
    [JsonPropertyName("d")]
    public IReadOnlyList<long> Delays { get; init; } = [];

    /// <summary>Of an account: which prefixes it sent to, by day; see <see cref="PrefixSketch"/>.</summary>
    [JsonPropertyName("p")]
    public IReadOnlyDictionary<string, string> Prefixes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>A right code that came so long after the send.</summary>
    public static FraudCounts OfDelay(TimeSpan delay)
    {
        var bar = Array.FindIndex(Seconds, seconds => delay.TotalSeconds <= seconds);
        var delays = new long[Seconds.Length];
        delays[bar < 0 ? Seconds.Length - 1 : bar]++;
        return None with { Delays = delays };
    }

    /// <summary>What was counted in both, less what no window reaches any more.</summary>
    /// <param name="scope">What both are of; countries are remembered for 14 days, anything else for one.</param>
    public FraudCounts Plus(FraudCounts other, FraudScope scope, DateTimeOffset now) => Of([this, other], scope, now);

    /// <summary>The same without what no window reaches any more.</summary>
    public FraudCounts Trim(FraudScope scope, DateTimeOffset now) => Sum([this], scope, now);

    /// <summary>What was counted in all of them, less what no window reaches any more.</summary>
    public static FraudCounts Of(IEnumerable<FraudCounts> parts, FraudScope scope, DateTimeOffset now)
    {
        FraudCounts[] some = [.. parts.Where(part => !ReferenceEquals(part, None))];
        return some switch
        {
            [] => None,
            [var one] => one,
            _ => Sum(some, scope, now),
        };
    }

    private static FraudCounts Sum(FraudCounts[] parts, FraudScope scope, DateTimeOffset now)
    {
        var minute = TableKeys.Minute(now);
        return new FraudCounts
        {
            Slots = [.. parts.SelectMany(part => part.Slots)
                .Select(slot => slot.At(minute))
                .Where(
                    slot => slot.Length < FraudSlot.Day
                    || (scope == FraudScope.Country && slot.Start >= minute - ((Days + 1) * FraudSlot.Day)))
                .GroupBy(slot => (slot.Start, slot.Length))
                .Select(same => same.Aggregate((one, next) => one + next))
                .OrderBy(slot => slot.Start)],
            Marks = [.. parts.SelectMany(part => part.Marks)
                .Where(mark => mark.Minute > minute - (scope == FraudScope.Prefix ? FraudSlot.Hour : FraudSlot.Day))
                .GroupBy(mark => mark.Value, StringComparer.Ordinal)
                .Select(same => new FraudMark(same.Key, same.Max(mark => mark.Minute), same.Any(mark => mark.Verified)))
                .OrderByDescending(mark => mark.Minute)
                .Take(MostMarks)],
            Delays = Faded(parts),
            Prefixes = PrefixSketch.Union(parts.Select(part => part.Prefixes), minute / FraudSlot.Day),
        };
    }

    /// <summary>
    /// What was counted from one minute, included, to another, excluded; of an hour or a day only if it lies within as a whole.
    /// </summary>
    public FraudSlot Sum(long from, long to) =>
        Slots.Where(slot => slot.Start >= from && slot.End <= to).Aggregate(new FraudSlot(), (sum, slot) => sum + slot);

    /// <summary>The verified sends of the best day (UTC) before today, within 14 days.</summary>
    public long BestDay(DateTimeOffset now)
    {
        var today = TableKeys.Minute(now) / FraudSlot.Day;
        return Slots.Where(slot => slot.Start / FraudSlot.Day is var day && day < today && day >= today - Days)
            .GroupBy(slot => slot.Start / FraudSlot.Day, (_, slots) => slots.Sum(slot => slot.Verified)).DefaultIfEmpty().Max();
    }

    /// <summary>By when 95 % of the right codes have come; null under <paramref name="least"/> of them.</summary>
    public TimeSpan? TimeToVerify(int least)
    {
        var all = Delays.Sum();
        if (all < least)
        {
            return null;
        }

        var (bar, sum) = (0, Delays[0]);
        while (sum < 0.95 * all)
        {
            sum += Delays[++bar];
        }

        return TimeSpan.FromSeconds(Seconds[bar]);
    }

    /// <summary>Of more than 2,000 delays each counts half from then on, so that what was long ago fades.</summary>
    private static IReadOnlyList<long> Faded(FraudCounts[] parts)
    {
        var (summed, sum) = (0, (IReadOnlyList<long>)[]);
        foreach (var delays in parts.Select(part => part.Delays).Where(delays => delays.Count > 0))
        {
            sum = summed++ == 0 ? delays : [.. sum.Zip(delays, (left, right) => left + right)];
        }

        return summed > 1 && sum.Sum() > MostDelays ? [.. sum.Select(count => count / 2)] : sum;
    }
}

/// <summary>
/// About how many different prefixes an account sent to: 1,024 bits a day, one set for each prefix. What is estimated from them (linear
/// counting) is right to a few percent up to 5,000 prefixes and stays at 7,000 beyond.
/// </summary>
public static class PrefixSketch
{
    private const int Bits = 1_024;

    public static IReadOnlyDictionary<string, string> Of(IEnumerable<string> prefixes, long day)
    {
        var bits = new byte[Bits / 8];
        foreach (var prefix in prefixes)
        {
            // FNV-1a: the same on every instance.
            var hash = prefix.Aggregate(2_166_136_261u, (sum, digit) => (sum ^ digit) * 16_777_619u);
            hash = (hash ^ (hash >> 15)) % Bits;
            bits[hash / 8] |= (byte)(1 << (int)(hash % 8));
        }

        return new Dictionary<string, string>(StringComparer.Ordinal) { [Name(day)] = Convert.ToBase64String(bits) };
    }

    /// <summary>The prefixes of all of them, of today and yesterday.</summary>
    public static IReadOnlyDictionary<string, string> Union(IEnumerable<IReadOnlyDictionary<string, string>> sketches, long today) =>
        sketches.SelectMany(days => days)
            .Where(day => day.Key == Name(today) || day.Key == Name(today - 1))
            .GroupBy(day => day.Key, day => day.Value, StringComparer.Ordinal)
            .ToDictionary(day => day.Key, day => Convert.ToBase64String(Or(day)), StringComparer.Ordinal);

    public static double Count(IReadOnlyDictionary<string, string> sketch)
    {
        var set = Or(sketch.Values).Sum(part => System.Numerics.BitOperations.PopCount(part));
        return -Bits * Math.Log(Math.Max(1, Bits - set) / (double)Bits);
    }

    private static byte[] Or(IEnumerable<string> sketches)
    {
        var bits = new byte[Bits / 8];
        foreach (var sketch in sketches)
        {
            var other = Convert.FromBase64String(sketch);
            for (var part = 0; part < bits.Length; part++)
            {
                bits[part] |= other[part];
            }
        }

        return bits;
    }

    private static string Name(long day) => day.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
