namespace FlashFunctions.Simulator;

/// <summary>Counts requests a second.</summary>
internal sealed class LanckRate(int limit, TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _second;
    private int _count;

    /// <summary>False beyond the limit; a limit of 0 is none.</summary>
    public bool TryTake()
    {
        if (limit <= 0)
            return true;
        var second = time.GetUtcNow().ToUnixTimeSeconds();
        lock (_lock)
        {
            if (second != _second)
                (_second, _count) = (second, 0);
            return ++_count <= limit;
        }
    }
}
