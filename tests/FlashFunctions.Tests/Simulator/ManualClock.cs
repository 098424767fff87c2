namespace FlashFunctions.Tests.Simulator;

/// <summary>A clock that moves when it is told to; timers run on real time, and are counted when they are set.</summary>
internal sealed class ManualClock : TimeProvider
{
    private DateTimeOffset _now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private int _timersSet;

    public int TimersSet => Volatile.Read(ref _timersSet);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Step(TimeSpan by) => _now += by;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new CountedTimer(base.CreateTimer(callback, state, dueTime, period), this);

    private sealed class CountedTimer(ITimer timer, ManualClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref clock._timersSet);
            return timer.Change(dueTime, period);
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
