using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Verifications;

/// <summary>How a check ended.</summary>
public abstract record CheckOutcome
{
    private CheckOutcome()
    {
    }

    public sealed record Verified(RequestId Id) : CheckOutcome;

    public sealed record WrongCode(RequestId Id, int AttemptsLeft) : CheckOutcome;

    public sealed record Refused(Problem Problem) : CheckOutcome;
}

/// <summary>
/// POST /v1/verify/check. Both ends of a guess are writes under the record's ETag, so a right code is accepted once and a
/// wrong one is counted before it is answered, however many guesses come at once. A guess that only a provider can judge takes up
/// one of the wrong codes that are left before the provider is asked.
/// </summary>
public sealed partial class CheckUseCase(
    RequestStore store,
    RequestChanges changes,
    NumberGuard guard,
    Codes codes,
    DelegatedCodes delegated,
    TimeProvider time,
    ILogger<CheckUseCase> logger)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Checks a code or the caller number that the phone saw.</summary>
    public async Task<CheckOutcome> RunAsync(string account, Fields fields, CancellationToken cancellationToken)
    {
        var (guess, problem) = Guess.Read(fields);
        if (problem is not null)
        {
            return new CheckOutcome.Refused(problem);
        }

        if (!RequestId.TryParse(guess!.RequestId, null, out var id)
            || await store.ReadAsync(id, cancellationToken) is not { } stored
            || stored.Value.Account != account
            || stored.Value.Verification is null)
        {
            return new CheckOutcome.Refused(Problem.RequestNotFound);
        }

        using var span = RequestTrace.Join("check", stored.Value);
        var number = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var step = new Judgement(null!, null, Verdict.Refused);
        var change = await changes.UpdateAsync(
            stored, request => (step = Judge(request, guess, number, time.GetUtcNow())).Request, cancellationToken);
        return step.Verdict switch
        {
            Verdict.Refused => new CheckOutcome.Refused(step.Problem!),
            Verdict.Right => new CheckOutcome.Verified(id),
            Verdict.Wrong => await WrongAsync(change.After.Value),
            _ => await AskAsync(change.After, guess, number),
        };
    }

    /// <summary>
    /// What a guess makes of the request as it stands. Whether it may be made at all is settled before it is compared with anything: a refusal
    /// that came after it would be an answer that costs nothing.
    /// </summary>
    private Judgement Judge(RequestRecord stored, Guess guess, string number, DateTimeOffset now)
    {
        if (ExpiryRules.RefusalOfCheck(ExpiryRules.At(stored, now), now) is { } refusal)
        {
            return new Judgement(stored, refusal, Verdict.Refused);
        }

        var request = GuessTransitions.FailIfUsedUp(GuessTransitions.CountAbandoned(stored, now), now);
        if (ExpiryRules.RefusalOfCheck(request, now) is { } late)
        {
            return new Judgement(request, late, Verdict.Refused);
        }

        if (!GuessBudget.Allows(request))
        {
            return new Judgement(request, Problem.TooManyRequests(Soon, "requestId", "has other codes under way"), Verdict.Refused);
        }

        if (guess.Caller is { } caller ? codes.IsRightCaller(request, caller) : codes.IsRight(request, guess.Code!))
        {
            return new Judgement(AttemptTransitions.End(request, EndEvent.RightCode, now), null, Verdict.Right);
        }

        return DelegatedCodes.MayBe(request, guess)
            ? new Judgement(GuessTransitions.Open(request, number, now), null, Verdict.Unknown)
            : new Judgement(AttemptTransitions.WrongCode(request, now), null, Verdict.Wrong);
    }

    /// <summary>
    /// Has the provider judge a guess. It counts as soon as it may have reached the provider, whether or not the caller waits for the answer;
    /// one that surely never left is given back, unless it could have found a code of ours.
    /// </summary>
    private async Task<CheckOutcome> AskAsync(Stored<RequestRecord> stored, Guess guess, string number)
    {
        var verdict = await delegated.CheckAsync(stored.Value, guess, CancellationToken.None);
        Problem? refusal = null;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var now = time.GetUtcNow();
                refusal = ExpiryRules.RefusalOfCheck(ExpiryRules.At(request, now), now);
                return refusal is null ? Decide(request, verdict, number, now) : request;
            },
            CancellationToken.None);
        var request = change.After.Value;
        return (refusal, verdict) switch
        {
            ({ } ended, _) => new CheckOutcome.Refused(ended),
            (_, DelegatedCheck.Right) => new CheckOutcome.Verified(request.Id),
            (_, DelegatedCheck.Wrong) => await WrongAsync(request),
            (_, DelegatedCheck.Unclear unclear) => await NoVerdictAsync(request, unclear.Reason, unclear.RetryAfter, counts: true),
            (_, DelegatedCheck.NotAsked silent) =>
                await NoVerdictAsync(request, silent.Reason, silent.RetryAfter, counts: DelegatedCodes.AreMixed(request)),
            _ => throw new InvalidOperationException("A verdict that nobody has described."),
        };
    }

    private static RequestRecord Decide(RequestRecord request, DelegatedCheck verdict, string number, DateTimeOffset now) => verdict switch
    {
        DelegatedCheck.Right => AttemptTransitions.End(GuessTransitions.Forget(request, number), EndEvent.RightCode, now),
        DelegatedCheck.NotAsked when !DelegatedCodes.AreMixed(request) => GuessTransitions.Forget(request, number),
        _ => GuessTransitions.Wrong(request, number, now),
    };

    private async Task<CheckOutcome> NoVerdictAsync(RequestRecord request, string reason, TimeSpan? retryAfter, bool counts)
    {
        Log.NoVerdict(logger, request.Id, reason);
        if (counts)
        {
            await WrongAsync(request);
        }

        return new CheckOutcome.Refused(Problem.Unavailable(retryAfter));
    }

    /// <summary>The request has counted it: the number's count follows, though the caller may be gone.</summary>
    private async Task<CheckOutcome> WrongAsync(RequestRecord request)
    {
        try
        {
            await guard.RecordWrongAsync(request, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // The guard takes the request's count over at the number's next verification.
            Log.GuardNotTold(logger, request.Id);
        }

        return new CheckOutcome.WrongCode(request.Id, GuessBudget.Left(request));
    }

    private enum Verdict
    {
        Refused,
        Right,
        Wrong,

        /// <summary>Only a provider can tell.</summary>
        Unknown,
    }

    private sealed record Judgement(RequestRecord Request, Problem? Problem, Verdict Verdict);

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "A code of {RequestId} could not be judged: {Reason}")]
        public static partial void NoVerdict(ILogger logger, RequestId requestId, string reason);

        [LoggerMessage(1, LogLevel.Warning, "The guard could not be told of a wrong code for {RequestId}")]
        public static partial void GuardNotTold(ILogger logger, RequestId requestId);
    }
}
