using System.Collections.Immutable;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>Tells whoever receives from a queue that a message is, or has become, visible, so that nobody has to poll.</summary>
/// <param name="time">The clock by which messages become visible.</param>
/// <param name="nextAfter">When the first message becomes visible that is not yet at the given moment; null without one.</param>
internal sealed class QueueAlarm(TimeProvider time, Func<long, long?> nextAfter) : IDisposable
{
    /// <summary>Milliseconds by which a delayed message may be noticed late, so that thousands of them do not mean as many alarms.</summary>
    private const long Grain = 20;

    private const long AfterFailure = 1_000;

    private readonly Lock _gate = new();
    private ImmutableArray<Action> _listeners = [];
    private ITimer? _timer;
    private long _setFor = long.MaxValue;
    private bool _closed;
    private int _waking;

    public IDisposable Add(Action wake)
    {
        lock (_gate)
        {
            _listeners = _listeners.Add(wake);
            _timer ??= time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        // There may be something from before.
        Ring();
        return new Listener(this, wake);
    }

    /// <summary>A message is visible from that moment on, in milliseconds since 1970.</summary>
    public void Expect(long visibleAt)
    {
        if (_listeners.IsEmpty)
            return;

        var now = Now();
        if (visibleAt <= now)
            Wake();
        else
            Set(visibleAt, now);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _listeners = [];
            _timer?.Dispose();
        }
    }

    private long Now() => time.GetUtcNow().ToUnixTimeMilliseconds();

    private void Set(long moment, long now)
    {
        lock (_gate)
        {
            if (moment >= _setFor || _closed)
                return;

            _setFor = moment;
            _timer!.Change(TimeSpan.FromMilliseconds(moment - now), Timeout.InfiniteTimeSpan);
        }
    }

    private void Ring()
    {
        lock (_gate)
        {
            _setFor = long.MaxValue;
        }

        var now = Now();
        Wake();
        try
        {
            if (nextAfter(now) is { } next)
                Set(Math.Max(next, now + Grain), now);
        }
        catch (StorageUnavailableException)
        {
            Set(now + AfterFailure, now);
        }
    }

    /// <summary>On the thread pool, so that no listener holds up the writer; once for all that is visible by then.</summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _waking, 1) is 0)
            ThreadPool.UnsafeQueueUserWorkItem(static alarm => alarm.CallListeners(), this, preferLocal: false);
    }

    private void CallListeners()
    {
        Volatile.Write(ref _waking, 0);
        foreach (var wake in _listeners)
        {
            wake();
        }
    }

    private void Remove(Action wake)
    {
        lock (_gate)
        {
            _listeners = _listeners.Remove(wake);
        }
    }

    private sealed class Listener(QueueAlarm alarm, Action wake) : IDisposable
    {
        public void Dispose() => alarm.Remove(wake);
    }
}
