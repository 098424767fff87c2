namespace FlashFunctions.Bench.Chaos;

/// <summary>
/// A clock that agrees with the wall's at one moment and runs some times as fast from there on. Processes that are given the same moment
/// agree with each other, so that what takes minutes, an expiry or a timer, can be seen often in a short run.
/// </summary>
/// <param name="epoch">The moment.</param>
/// <param name="speed">1 to 60 times.</param>
internal sealed class FastTime(DateTimeOffset epoch, int speed) : TimeProvider
{
    public DateTimeOffset Epoch => epoch;

    public int Speed => speed;

    public override long TimestampFrequency => System.TimestampFrequency / speed;

    public override DateTimeOffset GetUtcNow() => epoch + ((System.GetUtcNow() - epoch) * speed);

    public override long GetTimestamp() => System.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new FastTimer(System.CreateTimer(callback, state, Real(dueTime), Real(period)), this);

    // A timer that takes no time at all is another thing than one that takes a little, and so is one that never comes.
    private TimeSpan Real(TimeSpan time) =>
        time == Timeout.InfiniteTimeSpan || time == TimeSpan.Zero
            ? time
            : TimeSpan.FromMilliseconds(Math.Max(1, time.TotalMilliseconds / speed));

    private sealed class FastTimer(ITimer timer, FastTime time) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(time.Real(dueTime), time.Real(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
