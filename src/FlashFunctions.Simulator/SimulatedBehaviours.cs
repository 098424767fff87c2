using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>What the last two digits of a destination make a provider do.</summary>
/// <param name="Ending">The two digits, or null for any number that is not listed.</param>
/// <param name="Name">Short name.</param>
/// <param name="Meaning">A sentence that explains it.</param>
/// <param name="Refusal">How the provider refuses, in which case nothing is placed.</param>
/// <param name="Outcome">How an accepted call or message ends.</param>
/// <param name="Answer">How the answer to an accepted call or message is given.</param>
/// <param name="Delivery">How the callbacks are sent.</param>
public sealed record SimulatedBehaviour(
    int? Ending,
    string Name,
    string Meaning,
    SimulatedRefusal Refusal = SimulatedRefusal.None,
    [property: JsonPropertyName("fate")] SimulatedOutcome Outcome = SimulatedOutcome.Normal,
    [property: JsonPropertyName("manner")] SimulatedAnswer Answer = SimulatedAnswer.Plain,
    SimulatedDelivery Delivery = SimulatedDelivery.Normal);

/// <summary>Reasons to refuse; each provider has its own status and body for them.</summary>
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
    Undocumented,
    NotFound,
    ServerError,
    BadGatewayPage,
    Unavailable,
    UnavailableRetryAfter,
    UnavailableForLong,
    Reset,
}

/// <summary>How an accepted call or message ends.</summary>
public enum SimulatedOutcome
{
    /// <summary>A flash call rings and is not answered, a spoken call is heard, a message is delivered.</summary>
    Normal,
    Answered,
    Declined,
    Rejected,
    Unreachable,
    Forbidden,
    Unfinished,
    Read,
    Contradicted,
    NobodyThere,
    Swallowed,
}

/// <summary>How the answer to an accepted call or message is given, after the phone was reached.</summary>
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

/// <summary>
/// Behaviours by the last two digits of the destination. 00 to 59 are ordinary phones, so that most numbers are; 60 to 69 choose the
/// outcome, 70 to 85 a refusal, 86 to 92 an answer that goes wrong, 93 to 99 callbacks that do.
/// </summary>
public static class SimulatedBehaviours
{
    /// <summary>Any number that is not listed.</summary>
    public static SimulatedBehaviour Ordinary { get; } =
        new(null, "ordinary", "Flash calls ring unanswered, spoken calls are heard, messages are delivered.");

    /// <summary>All endings that do something special.</summary>
    public static IReadOnlyList<SimulatedBehaviour> All { get; } =
    [
        new(60, "answered", "The call rings and is answered.", Outcome: SimulatedOutcome.Answered),
        new(61, "declined", "The call rings and is declined.", Outcome: SimulatedOutcome.Declined),
        new(62, "rejected", "The call or message cannot be completed.", Outcome: SimulatedOutcome.Rejected),
        new(63, "unreachable", "The phone is off: undelivered.", Outcome: SimulatedOutcome.Unreachable),
        new(64, "forbidden", "The provider's anti-fraud refuses it after accepting.", Outcome: SimulatedOutcome.Forbidden),
        new(65, "unfinished", "It arrives, but no final status is reported.", Outcome: SimulatedOutcome.Unfinished),
        new(66, "read", "Messenger messages are delivered and read; otherwise ordinary.", Outcome: SimulatedOutcome.Read),
        new(67, "contradicted", "Reported as delivered and then as undelivered.", Outcome: SimulatedOutcome.Contradicted),
        new(68, "nobody-there",
            "Spoken calls ring out, messengers are undelivered, SMS arrive, flash calls ring.", Outcome: SimulatedOutcome.NobodyThere),
        new(69, "swallowed", "Calls and messengers vanish without a report, SMS arrive.", Outcome: SimulatedOutcome.Swallowed),

        new(70, "authentication-required", "Refused as if the credentials were wrong.", SimulatedRefusal.AuthenticationRequired),
        new(71, "inactive-account", "Refused: inactive account (Revicom, Bird: 403).", SimulatedRefusal.InactiveAccount),
        new(72, "inactive-token", "Refused: inactive token.", SimulatedRefusal.InactiveToken),
        new(73, "too-many-requests", "429 without Retry-After.", SimulatedRefusal.TooManyRequests),
        new(74, "too-many-requests-1s", "429 with Retry-After: 1.", SimulatedRefusal.TooManyRequestsRetryAfter),
        new(75, "insufficient-funds", "Refused: the balance is too low.", SimulatedRefusal.InsufficientFunds),
        new(76, "invalid-request",
            "Refused: invalid request (Revicom: invalid content, Bird: 422 naming ringTimeout).", SimulatedRefusal.InvalidRequest),
        new(77, "invalid-number",
            "Refused: invalid number (Revicom: invalid msisdn, Bird: 422 naming to).", SimulatedRefusal.InvalidNumber),
        new(78, "sender-not-allowed", "Refused: sender not allowed (Bird: 422 naming from).", SimulatedRefusal.SenderNotAllowed),
        new(79, "undocumented",
            "Revicom: 200 with errors true and an item code; Bird: 400 naming to; others: an unknown errorCode.",
            SimulatedRefusal.Undocumented),
        new(80, "not-found", "404.", SimulatedRefusal.NotFound),
        new(81, "server-error", "500, nothing placed.", SimulatedRefusal.ServerError),
        new(82, "bad-gateway", "502 with an HTML page, nothing placed.", SimulatedRefusal.BadGatewayPage),
        new(83, "unavailable", "503 without Retry-After.", SimulatedRefusal.Unavailable),
        new(84, "unavailable-1s", "503 with Retry-After: 1.", SimulatedRefusal.UnavailableRetryAfter),
        new(85, "unavailable-120s", "503 with Retry-After: 120.", SimulatedRefusal.UnavailableForLong),

        new(86, "rings-500", "The phone rings, the answer is a 500.", Answer: SimulatedAnswer.ServerError),
        new(87, "reset", "The connection is reset, nothing placed.", SimulatedRefusal.Reset),
        new(88, "rings-reset", "The phone rings, then the connection is reset.", Answer: SimulatedAnswer.Reset),
        new(89, "rings-no-answer", "The phone rings, the answer never comes.", Answer: SimulatedAnswer.Never),
        new(90, "rings-unreadable", "The phone rings, the answer is cut off.", Answer: SimulatedAnswer.Unreadable),
        new(91, "rings-empty", "The phone rings, the answer is an empty JSON object.", Answer: SimulatedAnswer.Empty),
        new(92, "slow", "The phone rings, the answer is slow.", Answer: SimulatedAnswer.Slow),

        new(93, "callbacks-duplicated", "Every callback is sent twice.", Delivery: SimulatedDelivery.Duplicated),
        new(94, "callbacks-reordered", "The callbacks come last first.", Delivery: SimulatedDelivery.Reordered),
        new(95, "callbacks-early", "All callbacks come before the HTTP answer.", Delivery: SimulatedDelivery.Early),
        new(96, "callbacks-lost", "No callback is sent.", Delivery: SimulatedDelivery.Lost),
        new(97, "callbacks-unknown",
            "The final callback has a status that nobody has documented.", Delivery: SimulatedDelivery.UnknownStatus),
        new(98, "callbacks-late", "The callbacks come very late.", Delivery: SimulatedDelivery.Late),
        new(99, "callbacks-forged", "The callbacks have a wrong app key, signature or address token.", Delivery: SimulatedDelivery.Forged),
    ];

    private static readonly Dictionary<string, SimulatedBehaviour> ByEnding =
        All.ToDictionary(behaviour => $"{behaviour.Ending:D2}", StringComparer.Ordinal);

    /// <summary>The behaviour for a destination in digits.</summary>
    public static SimulatedBehaviour Of(string digits) =>
        digits.Length >= 2 && ByEnding.TryGetValue(digits[^2..], out var behaviour) ? behaviour : Ordinary;

    /// <summary>What the outcome means for one kind of call or message: those that treat kinds differently become simpler ones.</summary>
    internal static SimulatedOutcome For(this SimulatedOutcome outcome, SimulatedCallKind kind) => outcome switch
    {
        SimulatedOutcome.NobodyThere when IsMessenger(kind) => SimulatedOutcome.Unreachable,
        SimulatedOutcome.NobodyThere when kind != SimulatedCallKind.SpokenCall => SimulatedOutcome.Normal,
        SimulatedOutcome.Swallowed when kind == SimulatedCallKind.Sms => SimulatedOutcome.Normal,
        SimulatedOutcome.Read when !IsMessenger(kind) => SimulatedOutcome.Normal,
        _ => outcome,
    };

    private static bool IsMessenger(SimulatedCallKind kind) =>
        kind is SimulatedCallKind.Push or SimulatedCallKind.Viber or SimulatedCallKind.Rcs;
}

/// <summary>How a whole provider behaves, whatever number is called.</summary>
public enum SimulatedMode
{
    /// <summary>As documented.</summary>
    Up,
    /// <summary>A port of the provider's own refuses connections; on the common port they are cut before the request is read.</summary>
    Refuse,
    /// <summary>503 without Retry-After.</summary>
    Unavailable,
    /// <summary>503 with Retry-After: 1.</summary>
    UnavailableRetryAfter,
    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,
    /// <summary>500.</summary>
    ServerError,
    /// <summary>502 with an HTML page.</summary>
    BadGateway,
    /// <summary>401, whatever the credentials.</summary>
    Unauthorized,
    /// <summary>No answer, nothing placed.</summary>
    Hang,
    /// <summary>Requests are carried out, and the answers cannot be read.</summary>
    Malformed,
    /// <summary>The connection is reset when the request has been read, nothing placed.</summary>
    Reset,
    /// <summary>Requests are carried out, and the answers are slow.</summary>
    Slow,
}

/// <summary>Modes in which every request is refused, with the control endpoint's name of each.</summary>
internal static class SimulatedModes
{
    private static readonly (SimulatedMode Mode, string Name, SimulatedRefusal Refusal)[] Refusing =
    [
        (SimulatedMode.Unavailable, "503", SimulatedRefusal.Unavailable),
        (SimulatedMode.UnavailableRetryAfter, "503-retry-after", SimulatedRefusal.UnavailableRetryAfter),
        (SimulatedMode.TooManyRequests, "429", SimulatedRefusal.TooManyRequestsRetryAfter),
        (SimulatedMode.ServerError, "500", SimulatedRefusal.ServerError),
        (SimulatedMode.BadGateway, "502", SimulatedRefusal.BadGatewayPage),
        (SimulatedMode.Unauthorized, "401", SimulatedRefusal.AuthenticationRequired),
        (SimulatedMode.Reset, "reset", SimulatedRefusal.Reset),
    ];

    /// <summary>The refusal with which every request is answered; none for modes that do not refuse.</summary>
    public static SimulatedRefusal Refusal(this SimulatedMode mode) => Array.Find(Refusing, known => known.Mode == mode).Refusal;

    /// <summary>A mode by its own name or by the control endpoint's; null for an unknown one.</summary>
    public static SimulatedMode? Parse(string name) => Array.Find(Refusing, known => known.Name == name) is { Name: not null } found
        ? found.Mode
        : !char.IsAsciiDigit(name.FirstOrDefault()) && Enum.TryParse<SimulatedMode>(name, ignoreCase: true, out var mode) ? mode : null;
}
