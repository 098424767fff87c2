namespace FlashFunctions.Core.Primitives;

/// <summary>
/// A stock of time that fills up by a second a second. More than there is may be taken: it is then spent until that is made up for.
/// </summary>
internal sealed class TimeBudget(TimeSpan most)
{
    private TimeSpan _missing;
    private DateTimeOffset _at;

    public bool IsSpent(DateTimeOffset now) => Missing(now) >= most;

    public bool IsFull(DateTimeOffset now) => Missing(now) == TimeSpan.Zero;

    public void Take(TimeSpan took, DateTimeOffset now) => (_missing, _at) = (Missing(now) + took, now);

    private TimeSpan Missing(DateTimeOffset now)
    {
        var missing = _missing - (now - _at);
        return missing > TimeSpan.Zero ? missing : TimeSpan.Zero;
    }
}
