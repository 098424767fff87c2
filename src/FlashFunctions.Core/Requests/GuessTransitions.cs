namespace FlashFunctions.Core.Requests;

/// <summary>
/// Guesses that a provider is being asked about. Each takes up one of the wrong codes that are left for as long as it is undecided, so
/// that parallel guesses cannot exceed the limit.
/// </summary>
public static class GuessTransitions
{
    /// <summary>Longer than any provider is waited for: whoever asked has died.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

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
        Find(request, guess) is { } open ? AttemptTransitions.WrongCode(Forget(request, guess), now, open.Weight) : request;

    /// <summary>Counts the guesses as wrong codes that nobody waits for any more: what the provider said of them is lost.</summary>
    public static RequestRecord CountAbandoned(RequestRecord request, DateTimeOffset now) =>
        request.Verification!.OpenGuesses.Where(guess => guess.At <= now - Longest)
            .Aggregate(request, (current, guess) => Wrong(current, guess.Id, now));

    /// <summary>Fails a verification that no guess is left for, since a step has brought one more code.</summary>
    public static RequestRecord FailIfUsedUp(RequestRecord request, DateTimeOffset now) =>
        GuessBudget.Left(request) > 0 ? request : AttemptTransitions.End(request, EndEvent.LastWrongCode, now);

    private static OpenGuess? Find(RequestRecord request, string guess) =>
        request.Verification!.OpenGuesses.FirstOrDefault(open => open.Id == guess);
}
