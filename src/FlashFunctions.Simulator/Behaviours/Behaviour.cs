namespace FlashFunctions.Simulator;

/// <summary>What the last two digits of a destination make a provider do.</summary>
/// <param name="Ending">The two digits, or null for any number that is not listed.</param>
/// <param name="Name">Short name.</param>
/// <param name="Meaning">A sentence for the reader of the table.</param>
public sealed record SimulatedBehaviour(int? Ending, string Name, string Meaning)
{
    /// <summary>The provider refuses: nothing is placed.</summary>
    public SimulatedRefusal Refusal { get; init; }

    /// <summary>What becomes of the call or message.</summary>
    public SimulatedOutcome Fate { get; init; }

    /// <summary>How the accepting answer is given.</summary>
    public SimulatedAnswer Manner { get; init; }

    /// <summary>How the callbacks are sent.</summary>
    public SimulatedDelivery Delivery { get; init; }
}

/// <summary>Refusals, by the meaning that every provider expresses in its own way.</summary>
public enum SimulatedRefusal
{
    None,
    AuthenticationRequired,
    InactiveAccount,
    InactiveToken,
    TooManyRequests,
    TooManyRequestsRetryAfter,
    InsufficientFunds,
    InvalidRequest,
    InvalidNumber,
    SenderNotAllowed,

    /// <summary>Revicom: HTTP 200 with <c>errors: true</c>. Bird: a 400 naming <c>to</c>. Unibell and Lanck: an errorCode that is not in the table.</summary>
    Undocumented,
    NotFound,
    ServerError,
    BadGatewayPage,
    Unavailable,
    UnavailableRetryAfter,
    UnavailableForLong,

    /// <summary>The connection is reset and nothing was placed.</summary>
    Reset,
}

/// <summary>What becomes of an accepted call or message.</summary>
public enum SimulatedOutcome
{
    /// <summary>A flash call rings and is not answered, a spoken call is heard, a message is delivered.</summary>
    Normal,

    /// <summary>The call rings and is answered.</summary>
    Answered,

    /// <summary>The call rings and is declined.</summary>
    Declined,

    /// <summary>It cannot be completed.</summary>
    Rejected,

    /// <summary>The phone is off.</summary>
    Unreachable,

    /// <summary>Anti-fraud refuses it.</summary>
    Forbidden,

    /// <summary>It arrives, but no final status is ever reported.</summary>
    Unfinished,

    /// <summary>A message is delivered and read.</summary>
    Read,

    /// <summary>Reported as delivered, and then as not.</summary>
    Contradicted,

    /// <summary>A spoken call rings out, messengers are undelivered, SMS arrive.</summary>
    NobodyThere,

    /// <summary>Calls and messengers are accepted and vanish without a report, SMS arrive.</summary>
    Swallowed,
}

/// <summary>How an accepting answer is given; the phone has been called.</summary>
public enum SimulatedAnswer
{
    Plain,
    ServerError,
    Reset,
    Never,
    Unreadable,
    Empty,
    Slow,
}

/// <summary>How callbacks are sent.</summary>
public enum SimulatedDelivery
{
    Normal,
    Duplicated,
    Reordered,
    Early,
    Lost,
    UnknownStatus,
    Late,
    Forged,
}
