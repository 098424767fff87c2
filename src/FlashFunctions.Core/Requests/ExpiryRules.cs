using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>How a verification stands at a time: after its due time it has ended, whether or not the timer has come by.</summary>
public static class ExpiryRules
{
    /// <summary>The request as it stands at that time.</summary>
    public static RequestRecord At(RequestRecord request, DateTimeOffset now) =>
        now < request.Id.DueAt || request.EndedAt is not null ? request : EndAtDueTime(request, request.Id.DueAt);

    /// <summary>
    /// A verification whose due time has passed has ended before anything else happens to it: what comes later, a provider's answer or
    /// report, does not change how.
    /// </summary>
    public static RequestRecord Settled(RequestRecord request, DateTimeOffset now) => request.Verification is null ? request : At(request, now);

    /// <summary>What the due time makes of a request: expired, or undeliverable where the last report was that nothing arrived.</summary>
    public static RequestRecord EndAtDueTime(RequestRecord request, DateTimeOffset now)
    {
        if (request.EndedAt is not null)
        {
            return request;
        }

        if (request.Verification is null)
        {
            return AttemptTransitions.End(request, EndEvent.DueTimePassed, now, "No report came in time.");
        }

        return !request.AnythingPlaced || StatusTable.IsFailure(request.Status)
            ? AttemptTransitions.End(request, EndEvent.DueTimePassedUndelivered, now, "Nothing was delivered.")
            : AttemptTransitions.End(request, EndEvent.DueTimePassed, now);
    }

    /// <summary>The refusal of a check; null while it is pending.</summary>
    public static Problem? RefusalOfCheck(RequestRecord request, DateTimeOffset now) => request.Verification!.Result switch
    {
        VerificationResult.Failed => Problem.TooManyWrongCodes(CoolDown(request, now)),
        _ => RefusalOfChange(request),
    };

    /// <summary>The refusal of next and cancel; null while it is pending.</summary>
    public static Problem? RefusalOfChange(RequestRecord request) => request.Verification!.Result switch
    {
        VerificationResult.Pending => null,
        VerificationResult.Expired => Problem.VerificationExpired,
        var result => Problem.VerificationFinished(Word(result)),
    };

    /// <summary>The API's word for a result.</summary>
    public static string Word(VerificationResult result) => result switch
    {
        VerificationResult.Pending => "pending",
        VerificationResult.Verified => "verified",
        VerificationResult.Failed => "failed",
        VerificationResult.Expired => "expired",
        VerificationResult.Canceled => "canceled",
        VerificationResult.Superseded => "superseded",
        _ => "undeliverable",
    };

    /// <summary>A failed verification helps nobody any more: the earliest that a new one may be asked for.</summary>
    private static TimeSpan CoolDown(RequestRecord request, DateTimeOffset now)
    {
        var over = request.CreatedAt + TimeSpan.FromSeconds(30) - now;
        return over > TimeSpan.FromSeconds(1) ? over : TimeSpan.FromSeconds(1);
    }
}
