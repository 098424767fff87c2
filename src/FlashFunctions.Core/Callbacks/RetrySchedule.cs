using System.Security.Cryptography;

namespace FlashFunctions.Core.Callbacks;

/// <summary>When a callback that was not taken is tried again.</summary>
public static class RetrySchedule
{
    /// <summary>How many tries a callback has, the first included.</summary>
    public const int MostTries = 7;

    /// <summary>The longest that a receiver can put us off by Retry-After.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(14);

    private const int MostJitterPermille = 100;

    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(2), TimeSpan.FromHours(5), TimeSpan.FromHours(10),
    ];

    /// <summary>
    /// How long to wait after a number of tries: as the schedule says, or longer where the receiver asked for it, and up to a tenth more,
    /// so that what failed together does not come back together. Null after the last try.
    /// </summary>
    public static TimeSpan? WaitAfter(int tries, TimeSpan? retryAfter)
    {
        if (tries >= MostTries)
        {
            return null;
        }

        var wait = Waits[tries - 1];
        if (retryAfter > wait)
        {
            wait = retryAfter.Value < LongestWait ? retryAfter.Value : LongestWait;
        }

        return wait + (wait * RandomNumberGenerator.GetInt32(MostJitterPermille + 1) / 1_000);
    }
}
