namespace FlashFunctions.Simulator.Behaviours;

/// <summary>
/// Behaviour by the last two digits of the destination. 00 to 59 are ordinary phones, so that most numbers are; 60 to 69 choose what
/// becomes of the call, 70 to 85 what the provider refuses with, 86 to 92 how an accepting answer goes wrong, 93 to 99 how callbacks do.
/// </summary>
public static class BehaviourTable
{
    /// <summary>Any number that is not listed.</summary>
    public static Behaviour Ordinary { get; } = new(null, "ordinary", "Flash calls ring unanswered, spoken calls are heard, messages are delivered.");

    /// <summary>All endings that do something special.</summary>
    public static IReadOnlyList<Behaviour> All { get; } =
    [
        Fated(60, Fate.Answered, "answered", "The call rings and is answered."),
        Fated(61, Fate.Declined, "declined", "The call rings and is declined."),
        Fated(62, Fate.Rejected, "rejected", "The call or message cannot be completed."),
        Fated(63, Fate.Unreachable, "unreachable", "The phone is off: undelivered."),
        Fated(64, Fate.Forbidden, "forbidden", "The provider's anti-fraud refuses it after accepting."),
        Fated(65, Fate.Unfinished, "unfinished", "It arrives, but no final status is reported."),
        Fated(66, Fate.Read, "read", "Messenger messages are delivered and read; otherwise ordinary."),
        Fated(67, Fate.Contradicted, "contradicted", "Reported as delivered and then as undelivered."),
        Fated(68, Fate.NobodyThere, "nobody-there", "Spoken calls ring out, messengers are undelivered, SMS arrive, flash calls ring."),
        Fated(69, Fate.Swallowed, "swallowed", "Calls and messengers vanish without a report, SMS arrive."),

        Refused(70, Refusal.AuthenticationRequired, "authentication-required", "Refused as if the credentials were wrong."),
        Refused(71, Refusal.InactiveAccount, "inactive-account", "Refused: inactive account (Revicom, Bird: 403)."),
        Refused(72, Refusal.InactiveToken, "inactive-token", "Refused: inactive token."),
        Refused(73, Refusal.TooManyRequests, "too-many-requests", "429 without Retry-After."),
        Refused(74, Refusal.TooManyRequestsRetryAfter, "too-many-requests-1s", "429 with Retry-After: 1."),
        Refused(75, Refusal.InsufficientFunds, "insufficient-funds", "Refused: the balance is too low."),
        Refused(76, Refusal.InvalidRequest, "invalid-request", "Refused: invalid request (Revicom: invalid content, Bird: 422 naming ringTimeout)."),
        Refused(77, Refusal.InvalidNumber, "invalid-number", "Refused: invalid number (Revicom: invalid msisdn, Bird: 422 naming to)."),
        Refused(78, Refusal.SenderNotAllowed, "sender-not-allowed", "Refused: sender not allowed (Bird: 422 naming from)."),
        Refused(79, Refusal.Undocumented, "undocumented", "Revicom: 200 with errors true and an item code; Bird: 400 naming to; others: an unknown errorCode."),
        Refused(80, Refusal.NotFound, "not-found", "404."),
        Refused(81, Refusal.ServerError, "server-error", "500, nothing placed."),
        Refused(82, Refusal.BadGatewayPage, "bad-gateway", "502 with an HTML page, nothing placed."),
        Refused(83, Refusal.Unavailable, "unavailable", "503 without Retry-After."),
        Refused(84, Refusal.UnavailableRetryAfter, "unavailable-1s", "503 with Retry-After: 1."),
        Refused(85, Refusal.UnavailableForLong, "unavailable-120s", "503 with Retry-After: 120."),

        Answering(86, Manner.ServerError, "rings-500", "The phone rings, the answer is a 500."),
        new(87, "reset", "The connection is reset, nothing placed.") { Refusal = Refusal.Reset },
        Answering(88, Manner.Reset, "rings-reset", "The phone rings, then the connection is reset."),
        Answering(89, Manner.Never, "rings-no-answer", "The phone rings, the answer never comes."),
        Answering(90, Manner.Unreadable, "rings-unreadable", "The phone rings, the answer is cut off."),
        Answering(91, Manner.Empty, "rings-empty", "The phone rings, the answer is an empty JSON object."),
        Answering(92, Manner.Slow, "slow", "The phone rings, the answer is slow."),

        Calling(93, Delivery.Duplicated, "callbacks-duplicated", "Every callback is sent twice."),
        Calling(94, Delivery.Reordered, "callbacks-reordered", "The callbacks come last first."),
        Calling(95, Delivery.Early, "callbacks-early", "All callbacks come before the HTTP answer."),
        Calling(96, Delivery.Lost, "callbacks-lost", "No callback is sent."),
        Calling(97, Delivery.UnknownStatus, "callbacks-unknown", "The final callback has a status that nobody has documented."),
        Calling(98, Delivery.Late, "callbacks-late", "The callbacks come very late."),
        Calling(99, Delivery.Forged, "callbacks-forged", "The callbacks have a wrong app key, signature or address token."),
    ];

    private static readonly Behaviour[] ByEnding = Index();

    /// <summary>The behaviour for a destination in digits.</summary>
    public static Behaviour Of(string digits) =>
        digits is [.., var tens, var ones] && char.IsAsciiDigit(tens) && char.IsAsciiDigit(ones)
            ? ByEnding[((tens - '0') * 10) + (ones - '0')]
            : Ordinary;

    private static Behaviour[] Index()
    {
        var index = new Behaviour[100];
        Array.Fill(index, Ordinary);
        foreach (var behaviour in All)
            index[behaviour.Ending!.Value] = behaviour;
        return index;
    }

    private static Behaviour Fated(int ending, Fate fate, string name, string meaning) => new(ending, name, meaning) { Fate = fate };

    private static Behaviour Refused(int ending, Refusal refusal, string name, string meaning) => new(ending, name, meaning) { Refusal = refusal };

    private static Behaviour Answering(int ending, Manner manner, string name, string meaning) => new(ending, name, meaning) { Manner = manner };

    private static Behaviour Calling(int ending, Delivery delivery, string name, string meaning) => new(ending, name, meaning) { Delivery = delivery };
}
