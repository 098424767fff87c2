using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>What the last two digits of a destination make a provider do.</summary>
/// <param name="Ending">The two digits, or null for any number that is not listed.</param>
/// <param name="Name">Short name.</param>
/// <param name="Meaning">A sentence that explains it.</param>
public sealed record SimulatedBehaviour(int? Ending, string Name, string Meaning)
{
    /// <summary>How the provider refuses, in which case nothing is placed.</summary>
    public SimulatedRefusal Refusal { get; init; }

    /// <summary>How an accepted call or message ends.</summary>
    [JsonPropertyName("fate")]
    public SimulatedOutcome Outcome { get; init; }

    /// <summary>How the answer to an accepted call or message is given.</summary>
    [JsonPropertyName("manner")]
    public SimulatedAnswer Answer { get; init; }

    /// <summary>How the callbacks are sent.</summary>
    public SimulatedDelivery Delivery { get; init; }
}

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
        new(60, "answered", "The call rings and is answered.") { Outcome = SimulatedOutcome.Answered },
        new(61, "declined", "The call rings and is declined.") { Outcome = SimulatedOutcome.Declined },
        new(62, "rejected", "The call or message cannot be completed.") { Outcome = SimulatedOutcome.Rejected },
        new(63, "unreachable", "The phone is off: undelivered.") { Outcome = SimulatedOutcome.Unreachable },
        new(64, "forbidden", "The provider's anti-fraud refuses it after accepting.") { Outcome = SimulatedOutcome.Forbidden },
        new(65, "unfinished", "It arrives, but no final status is reported.") { Outcome = SimulatedOutcome.Unfinished },
        new(66, "read", "Messenger messages are delivered and read; otherwise ordinary.") { Outcome = SimulatedOutcome.Read },
        new(67, "contradicted", "Reported as delivered and then as undelivered.") { Outcome = SimulatedOutcome.Contradicted },
        new(68, "nobody-there", "Spoken calls ring out, messengers are undelivered, SMS arrive, flash calls ring.")
        {
            Outcome = SimulatedOutcome.NobodyThere,
        },
        new(69, "swallowed", "Calls and messengers vanish without a report, SMS arrive.") { Outcome = SimulatedOutcome.Swallowed },

        Refused(70, SimulatedRefusal.AuthenticationRequired, "authentication-required", "Refused as if the credentials were wrong."),
        Refused(71, SimulatedRefusal.InactiveAccount, "inactive-account", "Refused: inactive account (Revicom, Bird: 403)."),
        Refused(72, SimulatedRefusal.InactiveToken, "inactive-token", "Refused: inactive token."),
        Refused(73, SimulatedRefusal.TooManyRequests, "too-many-requests", "429 without Retry-After."),
        Refused(74, SimulatedRefusal.TooManyRequestsRetryAfter, "too-many-requests-1s", "429 with Retry-After: 1."),
        Refused(75, SimulatedRefusal.InsufficientFunds, "insufficient-funds", "Refused: the balance is too low."),
        Refused(76, SimulatedRefusal.InvalidRequest, "invalid-request",
            "Refused: invalid request (Revicom: invalid content, Bird: 422 naming ringTimeout)."),
        Refused(77, SimulatedRefusal.InvalidNumber, "invalid-number",
            "Refused: invalid number (Revicom: invalid msisdn, Bird: 422 naming to)."),
        Refused(78, SimulatedRefusal.SenderNotAllowed, "sender-not-allowed", "Refused: sender not allowed (Bird: 422 naming from)."),
        Refused(79, SimulatedRefusal.Undocumented, "undocumented",
            "Revicom: 200 with errors true and an item code; Bird: 400 naming to; others: an unknown errorCode."),
        Refused(80, SimulatedRefusal.NotFound, "not-found", "404."),
        Refused(81, SimulatedRefusal.ServerError, "server-error", "500, nothing placed."),
        Refused(82, SimulatedRefusal.BadGatewayPage, "bad-gateway", "502 with an HTML page, nothing placed."),
        Refused(83, SimulatedRefusal.Unavailable, "unavailable", "503 without Retry-After."),
        Refused(84, SimulatedRefusal.UnavailableRetryAfter, "unavailable-1s", "503 with Retry-After: 1."),
        Refused(85, SimulatedRefusal.UnavailableForLong, "unavailable-120s", "503 with Retry-After: 120."),

        new(86, "rings-500", "The phone rings, the answer is a 500.") { Answer = SimulatedAnswer.ServerError },
        Refused(87, SimulatedRefusal.Reset, "reset", "The connection is reset, nothing placed."),
        new(88, "rings-reset", "The phone rings, then the connection is reset.") { Answer = SimulatedAnswer.Reset },
        new(89, "rings-no-answer", "The phone rings, the answer never comes.") { Answer = SimulatedAnswer.Never },
        new(90, "rings-unreadable", "The phone rings, the answer is cut off.") { Answer = SimulatedAnswer.Unreadable },
        new(91, "rings-empty", "The phone rings, the answer is an empty JSON object.") { Answer = SimulatedAnswer.Empty },
        new(92, "slow", "The phone rings, the answer is slow.") { Answer = SimulatedAnswer.Slow },

        new(93, "callbacks-duplicated", "Every callback is sent twice.") { Delivery = SimulatedDelivery.Duplicated },
        new(94, "callbacks-reordered", "The callbacks come last first.") { Delivery = SimulatedDelivery.Reordered },
        new(95, "callbacks-early", "All callbacks come before the HTTP answer.") { Delivery = SimulatedDelivery.Early },
        new(96, "callbacks-lost", "No callback is sent.") { Delivery = SimulatedDelivery.Lost },
        new(97, "callbacks-unknown", "The final callback has a status that nobody has documented.")
        {
            Delivery = SimulatedDelivery.UnknownStatus,
        },
        new(98, "callbacks-late", "The callbacks come very late.") { Delivery = SimulatedDelivery.Late },
        new(99, "callbacks-forged", "The callbacks have a wrong app key, signature or address token.")
        {
            Delivery = SimulatedDelivery.Forged,
        },
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

    private static SimulatedBehaviour Refused(int ending, SimulatedRefusal refusal, string name, string meaning) =>
        new(ending, name, meaning) { Refusal = refusal };
}
