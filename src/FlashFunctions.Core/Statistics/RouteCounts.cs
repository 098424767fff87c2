using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Statistics;

/// <summary>What attempts are counted by.</summary>
/// <param name="Method">The API's word for the channel: call, sms, voice, push, viber, rcs, speech or failover.</param>
/// <param name="Country">Two letters by the number plan, or 001 for a number of no country.</param>
/// <param name="Operator">The mobile operator to which the number's prefix was given; empty where the number plan does not know it.</param>
/// <param name="MccMnc">The mobile network that a provider told, 5 or 6 digits; empty where none did.</param>
public readonly record struct RouteKey(string Provider, string Method, string Country, string Operator = "", string MccMnc = "")
{
    /// <summary>The route that is chosen before a call: what a provider tells of the number's network comes after it.</summary>
    [JsonIgnore]
    public RouteKey BeforePlacing => this with { MccMnc = "" };
}

/// <summary>
/// Counts of attempts whose requests are over. Attempts of test numbers count nowhere. The outcomes of a call exclude each other: one that
/// rang was neither answered nor declined. The rest, where nothing of a call is known, is <see cref="Placed"/> less all five of them.
/// </summary>
public sealed class RouteCounts
{
    /// <summary>Attempts that the provider took or may have taken.</summary>
    public long Placed { get; set; }

    /// <summary>Of those placed: the provider's answer was unclear.</summary>
    public long Unclear { get; set; }

    /// <summary>Attempts of which certainly nothing was sent; they are not among those placed.</summary>
    public long NotSent { get; set; }

    /// <summary>Calls that rang until they ended.</summary>
    public long Rang { get; set; }

    /// <summary>Calls that were answered, perhaps by a voicemail or a screening service.</summary>
    public long Answered { get; set; }

    /// <summary>Calls that rang and were declined.</summary>
    public long Declined { get; set; }

    /// <summary>Calls that did not reach the phone.</summary>
    public long Unreachable { get; set; }

    /// <summary>Calls that the provider or an operator refused, against fraud for example.</summary>
    public long Refused { get; set; }

    /// <summary>Attempts whose last status is DELIVERED or READ.</summary>
    public long Delivered { get; set; }

    /// <summary>Attempts whose last status is UNDELIVERED or REJECTED.</summary>
    public long Undelivered { get; set; }

    /// <summary>Of those placed: attempts of verifications, which alone can be verified.</summary>
    public long Verifiable { get; set; }

    /// <summary>Attempts that are credited with a verification; conversion is this of <see cref="Verifiable"/>.</summary>
    public long Verified { get; set; }

    /// <summary>Of those placed: attempts whose price is known.</summary>
    public long Priced { get; set; }

    /// <summary>What those cost, in millionths of the price table's currency.</summary>
    public long Price { get; set; }

    /// <summary>How long it took from the start of a credited attempt to the right code.</summary>
    public SecondsHistogram Seconds { get; set; } = new();

    public void Add(RouteCounts other)
    {
        Placed += other.Placed;
        Unclear += other.Unclear;
        NotSent += other.NotSent;
        Rang += other.Rang;
        Answered += other.Answered;
        Declined += other.Declined;
        Unreachable += other.Unreachable;
        Refused += other.Refused;
        Delivered += other.Delivered;
        Undelivered += other.Undelivered;
        Verifiable += other.Verifiable;
        Verified += other.Verified;
        Priced += other.Priced;
        Price += other.Price;
        Seconds.Add(other.Seconds);
    }
}

public sealed class RouteTally
{
    private readonly Dictionary<RouteKey, RouteCounts> _counts = [];

    public IReadOnlyDictionary<RouteKey, RouteCounts> Counts => _counts;

    /// <summary>The counts of a route, to be added to.</summary>
    public RouteCounts Of(RouteKey route) =>
        _counts.TryGetValue(route, out var counts) ? counts : _counts[route] = new RouteCounts();

    public void Add(RouteTally other)
    {
        foreach (var (route, counts) in other.Counts)
        {
            Of(route).Add(counts);
        }
    }

    /// <summary>The same counts by other keys; those that become equal are added up.</summary>
    public RouteTally By(Func<RouteKey, RouteKey> key)
    {
        var tally = new RouteTally();
        foreach (var (route, counts) in _counts)
        {
            tally.Of(key(route)).Add(counts);
        }

        return tally;
    }
}

/// <summary>
/// Durations of 0 to 600 s in 38 buckets, each a fifth wider than the one before (a factor of 2^¼), so that a quantile is at most a fifth
/// too large. The buckets are the same everywhere: histograms merge by adding them up.
/// </summary>
public sealed class SecondsHistogram
{
    private const int BucketsADoubling = 4;
    private const int Most = 38;

    private long[] _buckets = [];

    /// <summary>How many durations each bucket has, the shortest first, without the empty buckets at the end.</summary>
    public IReadOnlyList<long> Buckets
    {
        get => _buckets;
        init => _buckets = [.. value.Take(Most)];
    }

    [JsonIgnore]
    public long Count => _buckets.Sum();

    public void Add(TimeSpan duration)
    {
        var bucket = BucketOf(duration.TotalSeconds);
        Grow(bucket + 1);
        _buckets[bucket]++;
    }

    public void Add(SecondsHistogram other)
    {
        Grow(other._buckets.Length);
        for (var bucket = 0; bucket < other._buckets.Length; bucket++)
        {
            _buckets[bucket] += other._buckets[bucket];
        }
    }

    /// <summary>The duration that a share of all does not exceed, as the upper end of its bucket; null where there is none.</summary>
    /// <param name="share">More than 0, at most 1: 0.95 for the 95th percentile.</param>
    public TimeSpan? Quantile(double share)
    {
        var (all, seen) = (Count, 0L);
        for (var bucket = 0; bucket < _buckets.Length; bucket++)
        {
            seen += _buckets[bucket];
            if (all > 0 && seen >= share * all)
            {
                return TimeSpan.FromSeconds(Math.Pow(2, (double)bucket / BucketsADoubling));
            }
        }

        return null;
    }

    private static int BucketOf(double seconds) =>
        seconds <= 1 ? 0 : Math.Min(Most - 1, (int)Math.Ceiling((BucketsADoubling * Math.Log2(seconds)) - 1e-9));

    private void Grow(int length)
    {
        if (_buckets.Length < length)
        {
            Array.Resize(ref _buckets, length);
        }
    }
}
