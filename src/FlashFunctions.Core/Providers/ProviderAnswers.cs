namespace FlashFunctions.Core.Providers;

/// <summary>How a verification ended, for the provider that carried an attempt of it.</summary>
/// <param name="Reference">The provider's id of the attempt, or null where its answer was unclear.</param>
public sealed record UpstreamReport(AttemptKey Attempt, string? Reference, PhoneNumber To, UpstreamVerdict Verdict);

/// <summary>Rule 9: what is reported to the providers that placed an attempt.</summary>
public enum UpstreamVerdict
{
    Verified,

    /// <summary>Failed, or ended at its expiry, after a wrong code.</summary>
    WrongCode,

    /// <summary>Ended at its expiry with no code entered.</summary>
    Timeout,

    /// <summary>Canceled or superseded.</summary>
    Canceled,

    /// <summary>The user opened the link that was sent (goal LINK_OPENED).</summary>
    LinkOpened,
}

/// <summary>How a report ended.</summary>
public abstract record ReportOutcome
{
    private ReportOutcome() { }

    /// <summary>Reported, or there is nothing to report to this provider.</summary>
    public sealed record Done : ReportOutcome;

    /// <summary>
    /// Not taken this time: again later. <paramref name="NeedsOperator"/>: credentials, account or balance, which has raised an alarm.
    /// <paramref name="IsOurs"/>: our own limits held it up, so that the provider was not asked.
    /// </summary>
    public sealed record Retry(string Reason, TimeSpan? RetryAfter = null, bool NeedsOperator = false, bool IsOurs = false) : ReportOutcome;

    /// <summary>The provider will never accept it: a repetition is pointless.</summary>
    public sealed record Failed(string Reason) : ReportOutcome;
}

/// <summary>What a provider says about a code that only it knows.</summary>
public abstract record DelegatedCheck
{
    private DelegatedCheck() { }

    public sealed record Right : DelegatedCheck;

    public sealed record Wrong : DelegatedCheck;

    /// <summary>
    /// No verdict, and the guess may have reached the provider: it counts. <paramref name="NeedsOperator"/>: credentials, account or
    /// balance.
    /// </summary>
    public sealed record Unclear(string Reason, TimeSpan? RetryAfter = null, bool NeedsOperator = false) : DelegatedCheck;

    /// <summary>The guess certainly was not sent: our own rate limit, no connection, or no provider to ask.</summary>
    public sealed record NotAsked(string Reason, TimeSpan? RetryAfter = null) : DelegatedCheck;
}

/// <summary>How a question about a number ended.</summary>
public abstract record Insight<T>
    where T : class
{
    private Insight() { }

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
public sealed record HlrReading(string Status, string? MccMnc, string? Network, string? Country);

/// <summary>What the fraud check says; and whether the number's prefix is a mobile network's, where the provider tells.</summary>
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
