namespace FlashFunctions.LocalHost.Storage;

/// <summary>
/// Numbers that never come twice in the life of a data file: the upper bits are how often it has been opened, which is stored
/// before the first number is given out; the lower count up.
/// </summary>
internal sealed class Versions(long opened)
{
    private const int CountBits = 40;
    private long _last = opened << CountBits;

    public long Next() => Interlocked.Increment(ref _last);
}
