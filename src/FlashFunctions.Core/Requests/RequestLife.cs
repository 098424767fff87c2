using System.Diagnostics;

namespace FlashFunctions.Core.Requests;

/// <summary>The states of a verification. Nothing leaves any of them but pending.</summary>
public enum VerificationResult
{
    Pending,
    Verified,

    /// <summary>Too many wrong codes.</summary>
    Failed,
    Expired,
    Canceled,

    /// <summary>A newer verification of the number took its place.</summary>
    Superseded,

    /// <summary>No attempt could be placed, or the last report was that nothing arrived and nobody entered the code.</summary>
    Undeliverable,
}

/// <summary>What ends a request.</summary>
public enum EndEvent
{
    RightCode,
    LastWrongCode,
    DueTimePassed,

    /// <summary>The due time passed, and the last report was that nothing arrived.</summary>
    DueTimePassedUndelivered,
    Cancel,
    NewerVerification,
    NothingCouldBePlaced,
}

/// <summary>
/// The life of a request: it is open until it ends, once. A verification ends with a result; a call, message or flow ends when the
/// condition of a step is met or when nothing under way can change it any more. Each transition is a function from the record to the next
/// one; the same record means that nothing changes. How many wrong codes a verification may take is in <see cref="GuessBudget"/>, its
/// attempts in <see cref="AttemptLife"/>.
/// </summary>
public static class RequestLife
{
    /// <summary>How long after a verification was made another one may be asked for, where the request does not say.</summary>
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(30);

    /// <summary>(result, event) → result. An event that comes after the end changes nothing.</summary>
    public static VerificationResult ResultAfter(VerificationResult result, EndEvent happened) =>
        result != VerificationResult.Pending ? result : happened switch
        {
            EndEvent.RightCode => VerificationResult.Verified,
            EndEvent.LastWrongCode => VerificationResult.Failed,
            EndEvent.DueTimePassed => VerificationResult.Expired,
            EndEvent.DueTimePassedUndelivered => VerificationResult.Undeliverable,
            EndEvent.Cancel => VerificationResult.Canceled,
            EndEvent.NewerVerification => VerificationResult.Superseded,
            EndEvent.NothingCouldBePlaced => VerificationResult.Undeliverable,
            _ => throw new UnreachableException(),
        };

    /// <summary>Ends a request that is open; a verification with the event's result.</summary>
    public static RequestRecord End(RequestRecord request, EndEvent happened, DateTimeOffset now, string? reason = null)
    {
        if (request.Verification is not { } state)
        {
            return request.EndedAt is null ? Close(request, now, reason) : request;
        }

        var result = ResultAfter(state.Result, happened);
        return result == state.Result
            ? request
            : Close(request, now, reason) with { Verification = GuessTransitions.CountUndecided(state) with { Result = result } };
    }

    /// <summary>
    /// What takes the place of a verification that a newer one finds in the number's guard and not stored yet: its own insert then fails,
    /// however late it comes, and its caller gets a 503.
    /// </summary>
    public static RequestRecord SupersededBeforeStored(RequestId id, RequestRecord newcomer, DateTimeOffset now) => new()
    {
        Id = id,
        Account = newcomer.Account,
        Product = newcomer.Product,
        Number = newcomer.Number,
        Country = newcomer.Country,
        CreatedAt = now,
        EndedAt = now,
        EndReason = "A newer verification of the number was accepted before this one was stored.",
        WasNotQueued = true,
        IsTrusted = newcomer.IsTrusted,
        Test = newcomer.Test is { } test ? test with { Code = null } : null,
        Verification = new VerificationState
        {
            Result = VerificationResult.Superseded,
            CodeLength = newcomer.Verification!.CodeLength,
            WrongLimit = 0,
        },
        Steps = [],
    };

    /// <summary>A right code ends a verification, and credits the attempt whose code it was.</summary>
    public static RequestRecord Verify(RequestRecord request, int? credited, DateTimeOffset now)
    {
        var ended = End(request, EndEvent.RightCode, now);
        return ReferenceEquals(ended, request)
            ? request
            : ended with { Verification = ended.Verification! with { CreditedAttempt = credited } };
    }

    /// <summary>Ends what is open because nothing further may be sent: a verification is canceled, anything else is undelivered.</summary>
    public static RequestRecord Stop(RequestRecord request, string reason, DateTimeOffset now) => request switch
    {
        { Verification: not null } => End(request, EndEvent.Cancel, now, reason),
        { EndedAt: null } => Close(request with { IsStopped = true }, now, reason),
        _ => request,
    };

    /// <summary>
    /// Ends a call, message or flow that is done, in the write that makes it so: a step's condition is met, or no report is awaited and no
    /// step is left. A verification goes on until it has a result.
    /// </summary>
    public static RequestRecord EndIfDone(RequestRecord request, DateTimeOffset now) =>
        request is { Verification: null, EndedAt: null } && (IsConditionMet(request) || IsNothingLeft(request))
            ? Close(request, now)
            : request;

    /// <summary>No step is left to start: the end, unless something was placed that may yet be reported or answered.</summary>
    public static RequestRecord EndWithoutSteps(RequestRecord request, DateTimeOffset now) =>
        request.AnythingPlaced || request.EndedAt is not null
            ? EndIfDone(request, now)
            : End(request, EndEvent.NothingCouldBePlaced, now, LastReason(request));

    /// <summary>
    /// A step may not be sent, and none after it: it is skipped, and the request ends. A verification ends only where nothing was placed,
    /// since a code that arrived before still verifies.
    /// </summary>
    public static RequestRecord EndAtRefusedStep(RequestRecord request, int step, string reason, DateTimeOffset now)
    {
        var skipped = AttemptLife.Skip(request, step, reason, now);
        return skipped switch
        {
            { Verification: null } => Stop(skipped, reason, now),
            { AnythingPlaced: true } => skipped,
            _ => End(skipped, EndEvent.NothingCouldBePlaced, now, reason),
        };
    }

    /// <summary>The request as it is at that time: after its due time it has ended, even before the timer saves that.</summary>
    public static RequestRecord ExpireIfDue(RequestRecord request, DateTimeOffset now) =>
        now < request.Id.DueAt ? request : Expire(request, request.Id.DueAt);

    /// <summary>
    /// A verification after its due time has ended before anything else happens to it: a provider's later answer or report does not change
    /// its result. Anything else may still get its report before the timer ends it.
    /// </summary>
    public static RequestRecord ExpireVerificationIfDue(RequestRecord request, DateTimeOffset now) =>
        request.Verification is null ? request : ExpireIfDue(request, now);

    /// <summary>Ends a request that is open because its due time has passed.</summary>
    public static RequestRecord Expire(RequestRecord request, DateTimeOffset now) => request switch
    {
        { EndedAt: not null } => request,
        { Verification: null } => End(request, EndEvent.DueTimePassed, now, "No report came in time."),
        { AnythingPlaced: true } when !AttemptLife.IsFailure(request.Status) => End(request, EndEvent.DueTimePassed, now),
        _ => End(request, EndEvent.DueTimePassedUndelivered, now, "Nothing was delivered."),
    };

    /// <summary>Why a code can no longer be checked; null while the verification is pending.</summary>
    public static Problem? RefusalOfCheck(RequestRecord request, DateTimeOffset now) =>
        ExpireIfDue(request, now).Verification?.Result == VerificationResult.Failed
            ? Problem.TooManyWrongCodes(UntilNextVerification(request, now))
            : RefusalOfChange(request, now);

    /// <summary>Why a verification can no longer go on or be canceled; null while it is pending.</summary>
    public static Problem? RefusalOfChange(RequestRecord request, DateTimeOffset now) =>
        ExpireIfDue(request, now).Verification?.Result switch
        {
            VerificationResult.Pending => null,
            VerificationResult.Expired => Problem.VerificationExpired,
            { } result => Problem.VerificationFinished(NameOf(result)),
            null => throw new UnreachableException(),
        };

    /// <summary>The API's name of a result.</summary>
    public static string NameOf(VerificationResult result) => result.ToString().ToLowerInvariant();

    /// <summary>The end itself: codes that were stored for the request are erased with it.</summary>
    private static RequestRecord Close(RequestRecord request, DateTimeOffset now, string? reason = null) =>
        request with
        {
            EndedAt = now,
            EndReason = reason,
            Content = request.Content with { Code = request.Content.Code is { } code ? code with { Given = null } : null },
            Test = request.Test is { } test ? test with { Code = null } : null,
        };

    /// <summary>Whether an attempt met the condition of its step, so that no further step is needed.</summary>
    private static bool IsConditionMet(RequestRecord request) => request.Attempts.Any(attempt =>
        attempt.MayHaveReachedThePhone && request.Steps[attempt.Step].IsMetBy(attempt));

    /// <summary>
    /// Whether the last step was started and has its final report, or could not be placed and nothing before it is awaited.
    /// </summary>
    private static bool IsNothingLeft(RequestRecord request)
    {
        var last = request.Attempts.Count > 0 ? request.Attempts[^1] : null;
        var isLastStep = request.CurrentStep >= request.Steps.Count - 1;
        return last switch
        {
            { MayHaveReachedThePhone: true } => isLastStep && AttemptLife.IsFinal(last.Status),
            { State: AttemptState.Rejected } => IsNothingAwaited(request),
            { State: AttemptState.Skipped } => isLastStep && IsNothingAwaited(request),
            _ => false,
        };
    }

    private static bool IsNothingAwaited(RequestRecord request) =>
        request.Attempts.All(attempt => !attempt.MayHaveReachedThePhone || AttemptLife.IsFinal(attempt.Status));

    private static string LastReason(RequestRecord request) =>
        request.Attempts.LastOrDefault(attempt => attempt.Reason is not null)?.Reason ?? "No provider could take it.";

    /// <summary>
    /// A failed verification is of no more use: the earliest that a new one may be asked for, at least a second from now.
    /// </summary>
    private static TimeSpan UntilNextVerification(RequestRecord request, DateTimeOffset now)
    {
        var left = (request.NextAllowedAt ?? request.CreatedAt + CoolDown) - now;
        return left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
    }
}
