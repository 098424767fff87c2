using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// Rule 2: how much may be guessed at a request. Where its steps have codes of their own, a wrong guess may hit any of those that are live,
/// so it weighs as many. A request fails when one more guess could make its chance greater than 6 in 10,000, with four digits. See
/// docs/guessing.md.
/// </summary>
public static class GuessBudget
{
    /// <summary>What the guesses at one request may weigh in all, in ten-thousandths with four digits.</summary>
    public const int MostWeight = 6;

    /// <summary>How many different codes a guess may hit now; at least one.</summary>
    public static int LiveCodes(RequestRecord request) => Math.Max(1, CodesOf(request));

    /// <summary>How many wrong codes are left, those that a provider is being asked about aside.</summary>
    public static int Left(RequestRecord request)
    {
        var state = request.Verification!;
        return Math.Max(0, Math.Min(state.WrongLimit - state.WrongCodes, (MostWeight - state.WrongWeight) / LiveCodes(request)));
    }

    /// <summary>Whether one more guess may be made while others are undecided, should all of those be wrong.</summary>
    public static bool Allows(RequestRecord request)
    {
        var state = request.Verification!;
        return state.WrongCodes + state.OpenGuesses.Count < state.WrongLimit
            && state.WrongWeight + state.OpenGuesses.Sum(guess => guess.Weight) + LiveCodes(request) <= MostWeight;
    }

    /// <summary>Whether a step with a code from that source leaves at least one guess, so that it is not sent for nothing.</summary>
    public static bool AllowsStep(RequestRecord request, CodeSource source)
    {
        var isNew = source != CodeSource.Ours || !request.CarriesOurCode;
        return request.Verification is not { } state || state.WrongWeight + Math.Max(1, CodesOf(request) + (isNew ? 1 : 0)) <= MostWeight;
    }

    private static int CodesOf(RequestRecord request)
    {
        var live = request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).ToArray();
        return (request.CarriesOurCode ? 1 : 0)
            + live.Count(attempt => attempt.IsDelegated)
            + live.Select(attempt => attempt.TailHash).OfType<string>().Distinct(StringComparer.Ordinal).Count();
    }
}

/// <summary>
/// The life of a guess: counted at once where it is wrong; where only a provider can judge it, open until that has answered. Each open
/// guess takes up one of the wrong codes that are left, so that parallel guesses cannot exceed the limit.
/// </summary>
public static class GuessTransitions
{
    /// <summary>Longer than any provider is waited for: after that, the worker that asked has died.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Counts a wrong code, which could have hit <paramref name="weight"/> codes (null: those that are live); the last one fails the
    /// verification.
    /// </summary>
    public static RequestRecord CountWrong(RequestRecord request, DateTimeOffset now, int? weight = null)
    {
        var state = request.Verification!;
        var counted = request with
        {
            Verification = state with
            {
                WrongCodes = state.WrongCodes + 1,
                WrongAt = [.. state.WrongAt ?? [], now.ToUnixTimeMilliseconds()],
                WrongWeight = state.WrongWeight + (weight ?? GuessBudget.LiveCodes(request)),
            },
        };
        return GuessBudget.Left(counted) > 0 ? counted : RequestLife.End(counted, EndEvent.LastWrongCode, now);
    }

    /// <summary>Opens a guess at the codes that are live.</summary>
    public static RequestRecord Open(RequestRecord request, string guess, DateTimeOffset now)
    {
        var state = request.Verification!;
        var opened = new OpenGuess(guess, now, GuessBudget.LiveCodes(request));
        return request with { Verification = state with { OpenGuesses = [.. state.OpenGuesses, opened] } };
    }

    /// <summary>Closes a guess that says nothing about the code.</summary>
    public static RequestRecord Forget(RequestRecord request, string guess) =>
        request.Verification is { } state && Find(request, guess) is { } open
            ? request with { Verification = state with { OpenGuesses = [.. state.OpenGuesses.Where(other => other != open)] } }
            : request;

    /// <summary>Closes a guess as a wrong code, unless something else has counted it already.</summary>
    public static RequestRecord Wrong(RequestRecord request, string guess, DateTimeOffset now) =>
        Find(request, guess) is { } open ? CountWrong(Forget(request, guess), now, open.Weight) : request;

    /// <summary>
    /// Counts open guesses as wrong codes once no worker waits for them any more: what the provider said of them is lost.
    /// </summary>
    public static RequestRecord CountAbandoned(RequestRecord request, DateTimeOffset now) =>
        request.Verification!.OpenGuesses.Where(guess => guess.At <= now - Longest)
            .Aggregate(request, (current, guess) => Wrong(current, guess.Id, now));

    /// <summary>
    /// What is undecided when a verification ends counts as a wrong code, so that the number's next verification has no more guesses for
    /// it.
    /// </summary>
    public static VerificationState CountUndecided(VerificationState state) => state.OpenGuesses.Count == 0
        ? state
        : state with { WrongCodes = Math.Min(state.WrongLimit, state.WrongCodes + state.OpenGuesses.Count), OpenGuesses = [] };

    /// <summary>Fails a verification that has no guess left, since a step has brought one more code.</summary>
    public static RequestRecord FailIfUsedUp(RequestRecord request, DateTimeOffset now) =>
        GuessBudget.Left(request) > 0 ? request : RequestLife.End(request, EndEvent.LastWrongCode, now);

    private static OpenGuess? Find(RequestRecord request, string guess) =>
        request.Verification!.OpenGuesses.FirstOrDefault(open => open.Id == guess);
}
