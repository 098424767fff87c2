using System.Diagnostics;
using System.Security.Cryptography;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Verifications;

/// <summary>The answer to a guess.</summary>
/// <param name="AttemptsLeft">How many guesses are left after a wrong one; null where it was right.</param>
public sealed record CheckAnswer(RequestId Id, int? AttemptsLeft);

/// <summary>
/// POST /v1/verify/check. Both ends of a guess are writes under the record's ETag, so a right code is accepted once and a
/// wrong one is counted before it is answered, however many guesses come at once. A guess that only a provider can judge takes up
/// one of the wrong codes that are left before the provider is asked.
/// </summary>
public sealed partial class CheckUseCase(
    RequestStore store, RequestChanges changes, NumberGuard guard, Codes codes, DelegatedCodes delegated, TimeProvider time,
    ILogger<CheckUseCase> logger)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public async Task<Result<CheckAnswer>> RunAsync(string account, Fields fields, CancellationToken cancellationToken)
    {
        if (!Guess.Read(fields).TryGet(out var guess, out var problem)
            || !(await store.FindVerificationAsync(account, guess.RequestId, cancellationToken)).TryGet(out var stored, out problem))
        {
            return problem;
        }

        using var span = RequestTrace.Join("check", stored.Value);
        var number = RandomNumberGenerator.GetHexString(32, lowercase: true);
        var change = await changes.UpdateAsync(stored, request => Judge(request, guess, number, time.GetUtcNow()), cancellationToken);
        if (!change.Decision.TryGet(out var verdict, out problem))
        {
            return problem;
        }

        return verdict switch
        {
            Verdict.Right => Right(change.After.Value),
            Verdict.Wrong => await WrongAsync(change.After.Value),
            Verdict.OnlyTheProviderKnows => await AskAsync(change.After, guess, number),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>
    /// What a guess makes of the request. Whether it may be made at all is settled before it is compared with anything: a refusal that came
    /// after it would be an answer that costs nothing.
    /// </summary>
    private (RequestRecord Next, Result<Verdict> Verdict) Judge(RequestRecord stored, Guess guess, string number, DateTimeOffset now)
    {
        if (RequestLife.RefusalOfCheck(stored, now) is { } refusal)
        {
            return (stored, refusal);
        }

        var request = GuessTransitions.FailIfUsedUp(GuessTransitions.CountAbandoned(stored, now), now);
        if (RequestLife.RefusalOfCheck(request, now) is { } late)
        {
            return (request, late);
        }

        if (!GuessBudget.Allows(request))
        {
            return (request, Problem.TooManyRequests(Soon, "requestId", "has other codes under way"));
        }

        var match = guess.Caller is { } caller ? codes.MatchCaller(request, caller) : codes.Match(request, guess.Code!);
        if (match.IsRight)
        {
            return (RequestLife.Verify(request, match.Attempt, now), Verdict.Right);
        }

        return DelegatedCodes.MayBe(request, guess)
            ? (GuessTransitions.Open(request, number, now), Verdict.OnlyTheProviderKnows)
            : (GuessTransitions.CountWrong(request, now), Verdict.Wrong);
    }

    /// <summary>
    /// Has the provider judge a guess. It counts as soon as it may have reached the provider, whether or not the caller waits for the
    /// answer; one that surely never left is given back, unless it could have found a code of ours.
    /// </summary>
    private async Task<Result<CheckAnswer>> AskAsync(Stored<RequestRecord> stored, Guess guess, string number)
    {
        var (answer, credited) = await delegated.CheckAsync(stored.Value, guess);
        var change = await changes.UpdateAsync(
            stored, request => Decide(request, answer, credited, number, time.GetUtcNow()), CancellationToken.None);
        var request = change.After.Value;
        return (change.Decision, answer) switch
        {
            ({ } refusal, _) => refusal,
            (_, DelegatedCheck.Right) => Right(request),
            (_, DelegatedCheck.Wrong) => await WrongAsync(request),
            (_, DelegatedCheck.Unclear unclear) => await NoVerdictAsync(request, unclear.Reason, unclear.RetryAfter, counts: true),
            (_, DelegatedCheck.NotAsked silent) =>
                await NoVerdictAsync(request, silent.Reason, silent.RetryAfter, counts: DelegatedCodes.AreMixed(request)),
            _ => throw new UnreachableException(),
        };
    }

    private static (RequestRecord Next, Problem? Refusal) Decide(
        RequestRecord request, DelegatedCheck answer, int? credited, string number, DateTimeOffset now) =>
        RequestLife.RefusalOfCheck(request, now) is { } refusal ? (request, refusal) : (answer switch
        {
            DelegatedCheck.Right => RequestLife.Verify(GuessTransitions.Forget(request, number), credited, now),
            DelegatedCheck.NotAsked when !DelegatedCodes.AreMixed(request) => GuessTransitions.Forget(request, number),
            _ => GuessTransitions.Wrong(request, number, now),
        }, null);

    private async Task<Problem> NoVerdictAsync(RequestRecord request, string reason, TimeSpan? retryAfter, bool counts)
    {
        Log.NoVerdict(logger, request.Id, reason);
        if (counts)
        {
            await WrongAsync(request);
        }

        return Problem.Unavailable(retryAfter);
    }

    private static CheckAnswer Right(RequestRecord request) => new(request.Id, AttemptsLeft: null);

    /// <summary>
    /// Counts a wrong code, which the request has counted already, against its number too, even where the caller has disconnected.
    /// </summary>
    private async Task<CheckAnswer> WrongAsync(RequestRecord request)
    {
        try
        {
            await guard.RecordWrongAsync(request, CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            // The guard takes over the request's count at the number's next verification.
            Log.NotCountedInGuard(logger, request.Id);
        }

        return new CheckAnswer(request.Id, GuessBudget.Left(request));
    }

    private enum Verdict
    {
        Right,
        Wrong,
        OnlyTheProviderKnows,
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "A code of {RequestId} could not be judged: {Reason}")]
        public static partial void NoVerdict(ILogger logger, RequestId requestId, string reason);

        [LoggerMessage(1, LogLevel.Warning, "A wrong code for {RequestId} could not be counted in the guard")]
        public static partial void NotCountedInGuard(ILogger logger, RequestId requestId);
    }
}

/// <summary>A guess: a code, or the caller number that the phone saw, in digits.</summary>
public sealed record Guess(string RequestId, string? Code, string? Caller)
{
    public static Result<Guess> Read(Fields fields)
    {
        var requestId = fields.Text("requestId", 64, required: true);
        var code = fields.Code("code");
        var caller = fields.CallerDigits("cli");
        if (code is null && caller is null && !fields.IsWrong("code") && !fields.IsWrong("cli"))
        {
            fields.Wrong("code", "is required, or cli instead of it");
        }

        if (code is not null && caller is not null)
        {
            fields.Wrong("cli", "excludes code");
        }

        return fields.Problem is { } problem ? problem : new Guess(requestId!, code, caller);
    }
}
