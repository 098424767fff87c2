using FlashFunctions.Core.Storage;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// Wakes the receivers of a queue when a message is, or has become, visible, so that none has to poll. Moments are in milliseconds
/// since 1970.
/// </summary>
/// <param name="time">The clock by which messages become visible.</param>
/// <param name="nextAfter">
/// The moment at which the first message becomes visible that is still hidden at the given one; 0 without one.
/// </param>
internal sealed class QueueAlarm(TimeProvider time, Func<long, long> nextAfter) : IDisposable
{
    /// <summary>
    /// Milliseconds by which a delayed message may be noticed late, so that thousands of them do not mean as many alarms.
    /// </summary>
    private const long Grain = 20;

    private const long AfterFailure = 1_000;

    private readonly Lock _gate = new();
    private Action? _receivers;
    private ITimer? _timer;
    private long _setFor = long.MaxValue;
    private int _waking;

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public IDisposable Add(Action wake)
    {
        lock (_gate)
        {
            _receivers += wake;
            _timer ??= time.CreateTimer(_ => Ring(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        // For messages that were sent before.
        Ring();
        return new Receiver(this, wake);
    }

    /// <summary>A message becomes visible at that moment.</summary>
    public void Expect(long visibleAt)
    {
        if (_receivers is null)
        {
            return;
        }

        var now = Now;
        if (visibleAt <= now)
        {
            Wake();
        }
        else
        {
            Set(visibleAt, now);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _receivers = null;
            _timer?.Dispose();
        }
    }

    private void Ring()
    {
        lock (_gate)
        {
            _setFor = long.MaxValue;
        }

        var now = Now;
        Wake();
        try
        {
            if (nextAfter(now) is > 0 and var next)
            {
                Set(Math.Max(next, now + Grain), now);
            }
        }
        catch (StorageUnavailableException)
        {
            Set(now + AfterFailure, now);
        }
    }

    private void Set(long moment, long now)
    {
        lock (_gate)
        {
            if (moment < _setFor)
            {
                _setFor = moment;
                _timer!.Change(TimeSpan.FromMilliseconds(moment - now), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>
    /// On the thread pool, so that no receiver holds up the writer; once for all messages that are visible by then. Woken by the writer
    /// itself they looked more often, and the store did about 90 % of the verifications a second.
    /// </summary>
    private void Wake()
    {
        if (Interlocked.Exchange(ref _waking, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static alarm => alarm.WakeReceivers(), this, preferLocal: false);
        }
    }

    private void WakeReceivers()
    {
        Volatile.Write(ref _waking, 0);
        _receivers?.Invoke();
    }

    private sealed class Receiver(QueueAlarm alarm, Action wake) : IDisposable
    {
        public void Dispose()
        {
            lock (alarm._gate)
            {
                alarm._receivers -= wake;
            }
        }
    }
}
