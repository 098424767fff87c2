namespace FlashFunctions.Simulator;

/// <summary>
/// Behaviour by the last two digits of the destination. 00 to 59 are ordinary phones, so that most numbers are; 60 to 69 choose what
/// becomes of the call, 70 to 85 what the provider refuses with, 86 to 92 how an accepting answer goes wrong, 93 to 99 how callbacks do.
/// </summary>
public static class SimulatedBehaviours
{
    /// <summary>Any number that is not listed.</summary>
    public static SimulatedBehaviour Ordinary { get; } = new(null, "ordinary", "Flash calls ring unanswered, spoken calls are heard, messages are delivered.");

    /// <summary>All endings that do something special.</summary>
    public static IReadOnlyList<SimulatedBehaviour> All { get; } =
    [
        Fated(60, SimulatedOutcome.Answered, "answered", "The call rings and is answered."),
        Fated(61, SimulatedOutcome.Declined, "declined", "The call rings and is declined."),
        Fated(62, SimulatedOutcome.Rejected, "rejected", "The call or message cannot be completed."),
        Fated(63, SimulatedOutcome.Unreachable, "unreachable", "The phone is off: undelivered."),
        Fated(64, SimulatedOutcome.Forbidden, "forbidden", "The provider's anti-fraud refuses it after accepting."),
        Fated(65, SimulatedOutcome.Unfinished, "unfinished", "It arrives, but no final status is reported."),
        Fated(66, SimulatedOutcome.Read, "read", "Messenger messages are delivered and read; otherwise ordinary."),
        Fated(67, SimulatedOutcome.Contradicted, "contradicted", "Reported as delivered and then as undelivered."),
        Fated(68, SimulatedOutcome.NobodyThere, "nobody-there", "Spoken calls ring out, messengers are undelivered, SMS arrive, flash calls ring."),
        Fated(69, SimulatedOutcome.Swallowed, "swallowed", "Calls and messengers vanish without a report, SMS arrive."),

        Refused(70, SimulatedRefusal.AuthenticationRequired, "authentication-required", "Refused as if the credentials were wrong."),
        Refused(71, SimulatedRefusal.InactiveAccount, "inactive-account", "Refused: inactive account (Revicom, Bird: 403)."),
        Refused(72, SimulatedRefusal.InactiveToken, "inactive-token", "Refused: inactive token."),
        Refused(73, SimulatedRefusal.TooManyRequests, "too-many-requests", "429 without Retry-After."),
        Refused(74, SimulatedRefusal.TooManyRequestsRetryAfter, "too-many-requests-1s", "429 with Retry-After: 1."),
        Refused(75, SimulatedRefusal.InsufficientFunds, "insufficient-funds", "Refused: the balance is too low."),
        Refused(76, SimulatedRefusal.InvalidRequest, "invalid-request", "Refused: invalid request (Revicom: invalid content, Bird: 422 naming ringTimeout)."),
        Refused(77, SimulatedRefusal.InvalidNumber, "invalid-number", "Refused: invalid number (Revicom: invalid msisdn, Bird: 422 naming to)."),
        Refused(78, SimulatedRefusal.SenderNotAllowed, "sender-not-allowed", "Refused: sender not allowed (Bird: 422 naming from)."),
        Refused(79, SimulatedRefusal.Undocumented, "undocumented", "Revicom: 200 with errors true and an item code; Bird: 400 naming to; others: an unknown errorCode."),
        Refused(80, SimulatedRefusal.NotFound, "not-found", "404."),
        Refused(81, SimulatedRefusal.ServerError, "server-error", "500, nothing placed."),
        Refused(82, SimulatedRefusal.BadGatewayPage, "bad-gateway", "502 with an HTML page, nothing placed."),
        Refused(83, SimulatedRefusal.Unavailable, "unavailable", "503 without Retry-After."),
        Refused(84, SimulatedRefusal.UnavailableRetryAfter, "unavailable-1s", "503 with Retry-After: 1."),
        Refused(85, SimulatedRefusal.UnavailableForLong, "unavailable-120s", "503 with Retry-After: 120."),

        Answering(86, SimulatedAnswer.ServerError, "rings-500", "The phone rings, the answer is a 500."),
        new(87, "reset", "The connection is reset, nothing placed.") { Refusal = SimulatedRefusal.Reset },
        Answering(88, SimulatedAnswer.Reset, "rings-reset", "The phone rings, then the connection is reset."),
        Answering(89, SimulatedAnswer.Never, "rings-no-answer", "The phone rings, the answer never comes."),
        Answering(90, SimulatedAnswer.Unreadable, "rings-unreadable", "The phone rings, the answer is cut off."),
        Answering(91, SimulatedAnswer.Empty, "rings-empty", "The phone rings, the answer is an empty JSON object."),
        Answering(92, SimulatedAnswer.Slow, "slow", "The phone rings, the answer is slow."),

        Calling(93, SimulatedDelivery.Duplicated, "callbacks-duplicated", "Every callback is sent twice."),
        Calling(94, SimulatedDelivery.Reordered, "callbacks-reordered", "The callbacks come last first."),
        Calling(95, SimulatedDelivery.Early, "callbacks-early", "All callbacks come before the HTTP answer."),
        Calling(96, SimulatedDelivery.Lost, "callbacks-lost", "No callback is sent."),
        Calling(97, SimulatedDelivery.UnknownStatus, "callbacks-unknown", "The final callback has a status that nobody has documented."),
        Calling(98, SimulatedDelivery.Late, "callbacks-late", "The callbacks come very late."),
        Calling(99, SimulatedDelivery.Forged, "callbacks-forged", "The callbacks have a wrong app key, signature or address token."),
    ];

    private static readonly SimulatedBehaviour[] ByEnding = Index();

    /// <summary>The behaviour for a destination in digits.</summary>
    public static SimulatedBehaviour Of(string digits) =>
        digits is [.., var tens, var ones] && char.IsAsciiDigit(tens) && char.IsAsciiDigit(ones)
            ? ByEnding[((tens - '0') * 10) + (ones - '0')]
            : Ordinary;

    private static SimulatedBehaviour[] Index()
    {
        var index = new SimulatedBehaviour[100];
        Array.Fill(index, Ordinary);
        foreach (var behaviour in All)
            index[behaviour.Ending!.Value] = behaviour;
        return index;
    }

    private static SimulatedBehaviour Fated(int ending, SimulatedOutcome fate, string name, string meaning) => new(ending, name, meaning) { Fate = fate };

    private static SimulatedBehaviour Refused(int ending, SimulatedRefusal refusal, string name, string meaning) => new(ending, name, meaning) { Refusal = refusal };

    private static SimulatedBehaviour Answering(int ending, SimulatedAnswer manner, string name, string meaning) => new(ending, name, meaning) { Manner = manner };

    private static SimulatedBehaviour Calling(int ending, SimulatedDelivery delivery, string name, string meaning) => new(ending, name, meaning) { Delivery = delivery };
}
