using System.Diagnostics.CodeAnalysis;
using System.Threading.RateLimiting;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// Spaces calls evenly, so that no second ever holds more of them than allowed (a token bucket lets twice its size through around a
/// refill). Who would have to wait longer than <paramref name="longestWait"/> is turned away at once and told when to come back.
/// </summary>
internal sealed class PacedLimiter(double perSecond, TimeSpan longestWait, TimeProvider time) : RateLimiter
{
    // Below a timer's resolution a delay costs more than it holds back; the slot is taken all the same.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _interval = TimeSpan.FromSeconds(1 / perSecond);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _lock = new();
    private TimeSpan _nextSlot;

    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics? GetStatistics() => null;

    protected override RateLimitLease AttemptAcquireCore(int permitCount) =>
        TakeSlot(TimeSpan.Zero, out var wait) ? Lease.Taken : new Lease(wait);

    protected override async ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        if (!TakeSlot(longestWait, out var wait))
        {
            return new Lease(wait);
        }

        if (wait >= ShortestDelay)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return Lease.Taken;
    }

    private bool TakeSlot(TimeSpan longest, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = time.GetElapsedTime(_start);
            var slot = _nextSlot > now ? _nextSlot : now;
            wait = slot - now;
            if (wait > longest)
            {
                return false;
            }

            _nextSlot = slot + _interval;
            return true;
        }
    }

    private sealed class Lease(TimeSpan? retryAfter) : RateLimitLease
    {
        public static readonly Lease Taken = new(null);

        public override bool IsAcquired => retryAfter is null;

        public override IEnumerable<string> MetadataNames => retryAfter is null ? [] : [MetadataName.RetryAfter.Name];

        public override bool TryGetMetadata(string metadataName, [NotNullWhen(true)] out object? metadata)
        {
            metadata = metadataName.Equals(MetadataName.RetryAfter.Name, StringComparison.Ordinal) ? retryAfter : null;
            return metadata is not null;
        }
    }
}
