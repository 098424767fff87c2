using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers;

/// <summary>How an attempt to place a call or message ended. See “What an unclear answer means” in docs/architecture.md.</summary>
public abstract record PlaceOutcome
{
    private PlaceOutcome()
    {
    }

    /// <summary>The provider took it. <paramref name="From"/>: the whole caller number in digits, where it tells.</summary>
    /// <param name="Reference">The provider's id of the call or message.</param>
    /// <param name="From">The caller number: as secret as the code.</param>
    public sealed record Accepted(string Reference, string? From = null) : PlaceOutcome
    {
        /// <summary>Without the caller number.</summary>
        public override string ToString() => $"Accepted({Reference})";
    }

    /// <summary>The number is bad for any provider: stop.</summary>
    public sealed record Rejected(string Reason) : PlaceOutcome;

    /// <summary>Certainly nothing was sent: the next provider may be tried at once. <paramref name="RetryAfter"/>: when this one may be.</summary>
    public sealed record NotSent(string Reason, TimeSpan? RetryAfter = null, NotSentKind Kind = NotSentKind.Temporary) : PlaceOutcome;

    /// <summary>
    /// The phone may be ringing: never repeat, let the step's time run out. <paramref name="From"/>: the caller number that we
    /// chose ourselves (Bird's pool), which may be ringing.
    /// </summary>
    public sealed record Unclear(string Reason, string? From = null) : PlaceOutcome
    {
        /// <summary>Without the caller number.</summary>
        public override string ToString() => $"Unclear({Reason})";
    }
}

/// <summary>Why nothing was sent.</summary>
public enum NotSentKind
{
    /// <summary>No connection, 503: worth another try here within 2 seconds.</summary>
    Temporary,

    /// <summary>The rate is used up, the provider's (429) or ours: it takes the call later, so the step waits where nobody else can take it.</summary>
    Busy,

    /// <summary>Credentials, account or balance: an operator must act. Raises an alarm.</summary>
    Account,

    /// <summary>The provider would not have this request: our bug, or a sender it does not allow.</summary>
    Refused,
}

/// <summary>How a verification ended, for the provider that carried an attempt of it.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Reference">The provider's id, or null where its answer was unclear.</param>
/// <param name="To">The phone.</param>
/// <param name="Verdict">What to say.</param>
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
    private ReportOutcome()
    {
    }

    /// <summary>Told, or there is nothing to tell this provider.</summary>
    public sealed record Done : ReportOutcome;

    /// <summary>
    /// Not taken this time: again later. <paramref name="NeedsOperator"/>: credentials, account or balance, which has raised an alarm.
    /// <paramref name="IsOurs"/>: our own limits held it up, so that the provider was not asked.
    /// </summary>
    public sealed record Retry(string Reason, TimeSpan? RetryAfter = null, bool NeedsOperator = false, bool IsOurs = false) : ReportOutcome;

    /// <summary>Never going to be taken.</summary>
    public sealed record Failed(string Reason) : ReportOutcome;
}
