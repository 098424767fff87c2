using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>A clock that stands still until a test moves it, and knows who uses it and who waits for it.</summary>
public sealed class TestClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<Watched, DateTimeOffset> _pending = new();
    private long _uses;

    /// <summary>How often anybody asked for the time or set a timer.</summary>
    public long Uses => Interlocked.Read(ref _uses);

    /// <summary>
    /// When the first pause is over, if anybody makes one. The periods of loops are none, nor are those who are woken otherwise.
    /// </summary>
    public DateTimeOffset? NextPause => Next(timer => timer.IsPause);

    /// <summary>When the first time-out passes, if anybody has set one.</summary>
    public DateTimeOffset? NextTimeout => Next(timer => timer.IsTimeout);

    /// <summary>The time, unnoticed.</summary>
    public DateTimeOffset Now => base.GetUtcNow();

    public override DateTimeOffset GetUtcNow()
    {
        Interlocked.Increment(ref _uses);
        return base.GetUtcNow();
    }

    public override long GetTimestamp()
    {
        Interlocked.Increment(ref _uses);
        return base.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Watched(this, callback, state);
        timer.Start(dueTime, period);
        return timer;
    }

    private ITimer CreateInner(TimerCallback callback) =>
        base.CreateTimer(callback, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    private DateTimeOffset? Next(Func<Watched, bool> isMeant)
    {
        var all = _pending.Where(pair => isMeant(pair.Key)).Select(pair => pair.Value).ToArray();
        return all.Length > 0 ? all.Min() : null;
    }

    private sealed class Watched : ITimer
    {
        private readonly TestClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _inner;
        private bool _repeats;

        public Watched(TestClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _inner = clock.CreateInner(_ => Fire());
        }

        public bool IsTimeout => _state is CancellationTokenSource;

        public bool IsPause => !_repeats && _state is not (null or CancellationTokenSource);

        public void Start(TimeSpan dueTime, TimeSpan period) => Change(dueTime, period);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _clock._uses);
            _repeats = period > TimeSpan.Zero;
            if (dueTime == Timeout.InfiniteTimeSpan)
            {
                _clock._pending.TryRemove(this, out _);
            }
            else
            {
                _clock._pending[this] = _clock.Now + dueTime;
            }

            return _inner.Change(dueTime, period);
        }

        public void Dispose()
        {
            Interlocked.Increment(ref _clock._uses);
            _clock._pending.TryRemove(this, out _);
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            if (!_repeats)
            {
                _clock._pending.TryRemove(this, out _);
            }

            _callback(_state);
        }
    }
}
