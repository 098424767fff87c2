namespace FlashFunctions.Core.Providers;

/// <summary>An attempt of a request; attempts of a request are numbered from 0.</summary>
public readonly record struct AttemptKey(string RequestId, int Number);

/// <summary>One call or message to place.</summary>
/// <param name="Attempt">Which attempt of which request this is; also the seed of any choice that must be repeatable.</param>
/// <param name="Code">The digits to carry, where the code is ours.</param>
/// <param name="CodeLength">Digits of the code, 4 to 6, no matter who makes it.</param>
/// <param name="From">Sender id or caller number that the account asked for, if any.</param>
/// <param name="Text">Text of a message or speech.</param>
/// <param name="Language">Language of a spoken code or text, as the source document lists them.</param>
/// <param name="Options">
/// Further parameters of the channel by the source document's name (title, buttonCaption, buttonActionUrl, imageUrl, ip).
/// </param>
public sealed record Placement(
    AttemptKey Attempt,
    Channel Channel,
    PhoneNumber To,
    string? Code,
    int CodeLength,
    string? From,
    string? Text,
    string? Language,
    TimeSpan RingTimeout,
    IReadOnlyDictionary<string, string> Options)
{
    /// <summary>The phone's country, two letters; empty where that is not known.</summary>
    public string Country { get; init; } = "";

    public string Account { get; init; } = "";

    /// <summary>The turn that was taken for it; null: it takes one itself.</summary>
    public ProviderTurn? Turn { get; init; }

    /// <summary>The messages of a <see cref="Channel.Flow"/>, in order.</summary>
    public IReadOnlyList<FlowMessage> Flow { get; init; } = [];
}

/// <summary>One message of a failover flow that the provider goes through by itself.</summary>
/// <param name="Channel">Push, Viber, RCS or SMS.</param>
/// <param name="Options">Further parameters, as a placement's.</param>
/// <param name="Wait">How long to wait for it before the next, in whole seconds; null for the last.</param>
/// <param name="UntilRead">Wait until it is read, not only delivered.</param>
public sealed record FlowMessage(
    Channel Channel, string Text, string? From, IReadOnlyDictionary<string, string> Options, TimeSpan? Wait = null, bool UntilRead = false);

/// <summary>How an attempt to place a call or message ended. See “What an unclear answer means” in docs/architecture.md.</summary>
public abstract record PlaceOutcome
{
    private PlaceOutcome() { }

    /// <summary>The provider took it.</summary>
    /// <param name="Reference">The provider's id of the call or message.</param>
    /// <param name="From">The whole caller number in digits, where it tells: as secret as the code.</param>
    public sealed record Accepted(string Reference, string? From = null) : PlaceOutcome
    {
        /// <summary>Without the caller number.</summary>
        public override string ToString() => $"Accepted({Reference})";
    }

    /// <summary>The number is bad for any provider: stop.</summary>
    public sealed record Rejected(string Reason) : PlaceOutcome;

    /// <summary>
    /// Certainly nothing was sent: the next provider may be tried at once. <paramref name="RetryAfter"/>: when this one may be.
    /// </summary>
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

    /// <summary>
    /// The rate is used up, the provider's (429) or ours: it takes the call later, so the step waits where nobody else can take it.
    /// </summary>
    Busy,

    /// <summary>Credentials, account or balance: an operator must act. Raises an alarm.</summary>
    Account,

    /// <summary>The provider would not have this request: our bug, or a sender it does not allow.</summary>
    Refused,
}
