namespace FlashFunctions.Core.Providers;

/// <summary>How a question about a number ended.</summary>
public abstract record Insight<T>
    where T : class
{
    private Insight()
    {
    }

    public sealed record Known(T Reading) : Insight<T>;

    /// <summary>The provider says that there is no such number.</summary>
    public sealed record InvalidNumber : Insight<T>;

    /// <summary>Our own rate is used up: the provider was not asked, and would have answered.</summary>
    public sealed record Busy(TimeSpan? RetryAfter) : Insight<T>;

    /// <summary>No answer, or none that can be read. <paramref name="MayBeCharged"/>: the provider may have looked all the same.</summary>
    public sealed record Unavailable(string Reason, TimeSpan? RetryAfter = null, bool MayBeCharged = false) : Insight<T>;
}

/// <summary>What the home location register says.</summary>
/// <param name="Status">The provider's own word, such as DELIVERED for a number that can be reached.</param>
/// <param name="MccMnc">The mobile network's number.</param>
/// <param name="Network">Its name.</param>
/// <param name="Country">ISO code.</param>
/// <param name="CreatedAt">When the provider was asked.</param>
public sealed record HlrReading(string Status, string? MccMnc, string? Network, string? Country, DateTimeOffset? CreatedAt);

/// <summary>What the fraud check says.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="HasMobilePrefix">Whether the number's prefix is a mobile network's, where the provider tells.</param>
public sealed record FraudReading(FraudVerdict Verdict, bool? HasMobilePrefix);

public enum FraudVerdict
{
    /// <summary>Mobile, and on no list.</summary>
    Passed,

    /// <summary>Not mobile, and on no list.</summary>
    NotMobilePrefix,

    /// <summary>Marked by traffic monitoring.</summary>
    Suspicious,

    /// <summary>Was used for fraud not long ago.</summary>
    Fraudulent,
}
