namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// Spaces calls evenly, and keeps the rate where the provider counts, on arrival: what leaves evenly may arrive in bunches. A call
/// arrives at some time between its start and its answer, so it takes one of a second's places until a second after it was answered (or
/// after half a second: no network takes longer). A call that would have to wait too long is turned away and given a time to come back,
/// each another one, in the order of their coming.
/// </summary>
internal sealed class PacedLimiter(double perSecond, TimeProvider time)
{
    private const double Margin = 1.1;

    /// <summary>Until when a call that was not answered yet has arrived.</summary>
    private static readonly TimeSpan LongestWay = TimeSpan.FromMilliseconds(500);

    // Below a timer's resolution a delay costs more than it holds back; the moment is taken all the same.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _interval = TimeSpan.FromSeconds(Margin / perSecond);
    private readonly TimeSpan _window = TimeSpan.FromSeconds(Math.Max(1.02, Margin / perSecond));
    private readonly PacedCall?[] _places = new PacedCall?[Math.Max(1, (int)perSecond)];
    private readonly long _begin = time.GetTimestamp();
    private readonly Lock _lock = new();
    private int _oldest;
    private TimeSpan _next;
    private TimeSpan _nextReturn;

    private TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>Takes the next moment, for <see cref="WaitAsync"/>, if it comes soon enough; else says when to come back.</summary>
    /// <param name="longestWait">The longest that the caller will wait for it.</param>
    /// <param name="hasWaited">It was turned away before: those who come for the first time queue up behind.</param>
    public bool TryTake(TimeSpan longestWait, bool hasWaited, out TimeSpan at, out TimeSpan comeBackIn)
    {
        lock (_lock)
        {
            var now = Now;
            at = Later(_next, now);
            comeBackIn = TimeSpan.Zero;
            if (at - now <= longestWait && (hasWaited || _nextReturn <= now + longestWait))
            {
                _next = at + _interval;
                return true;
            }

            var free = Later(at - (longestWait / 2), now + _interval);
            if (!hasWaited)
            {
                free = Later(_nextReturn, free);
                _nextReturn = free + _interval;
            }

            comeBackIn = free - now;
            return false;
        }
    }

    /// <summary>
    /// Waits for a moment that was taken, and longer where no place of the second is free by then. <see cref="Answered"/> ends the call.
    /// </summary>
    public async Task<PacedCall> WaitAsync(TimeSpan at, CancellationToken cancellationToken)
    {
        PacedCall? call;
        while ((call = TryStart(at, out var wait)) is null)
        {
            await Task.Delay(wait, time, cancellationToken);
        }

        return call;
    }

    /// <summary>The call has been answered, so it had arrived.</summary>
    public void Answered(PacedCall call)
    {
        lock (_lock)
        {
            var now = Now;
            call.ArrivedBy = now < call.ArrivedBy ? now : call.ArrivedBy;
        }
    }

    private PacedCall? TryStart(TimeSpan at, out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = Now;
            var earliest = _places[_oldest] is { } before ? Later(at, before.ArrivedBy + _window) : at;
            wait = earliest - now;
            if (wait >= ShortestDelay)
            {
                return null;
            }

            var call = new PacedCall(Later(earliest, now) + LongestWay);
            _places[_oldest] = call;
            _oldest = (_oldest + 1) % _places.Length;
            return call;
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

/// <summary>A call that has started, and the latest time at which it arrived at the provider.</summary>
internal sealed class PacedCall(TimeSpan arrivedBy)
{
    public TimeSpan ArrivedBy { get; set; } = arrivedBy;
}
