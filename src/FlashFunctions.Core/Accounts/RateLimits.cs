using System.Collections.Concurrent;

namespace FlashFunctions.Core.Accounts;

/// <summary>An account's calls a second, within this instance: a bucket that holds one second's worth and fills steadily.</summary>
public sealed class RateLimits(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Counts a call. Null when it is within the rate, else how long to wait.</summary>
    public TimeSpan? Take(Account account)
    {
        var bucket = _buckets.GetOrAdd(account.Id, _ => new Bucket { Left = account.RatePerSecond, At = time.GetTimestamp() });
        lock (bucket)
        {
            var now = time.GetTimestamp();
            var filled = time.GetElapsedTime(bucket.At, now).TotalSeconds * account.RatePerSecond;
            bucket.Left = Math.Min(account.RatePerSecond, bucket.Left + filled);
            bucket.At = now;
            if (bucket.Left < 1)
            {
                return TimeSpan.FromSeconds((1 - bucket.Left) / account.RatePerSecond);
            }

            bucket.Left--;
            return null;
        }
    }

    private sealed class Bucket
    {
        public double Left { get; set; }

        public long At { get; set; }
    }
}
