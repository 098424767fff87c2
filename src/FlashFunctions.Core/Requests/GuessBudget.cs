using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// Rule 2: how much may be guessed at a request. Where its steps have codes of their own, a wrong guess may hit any of those that are live, so it
/// weighs as many. A request fails when one more guess could make its chance greater than 6 in 10,000, with four digits. See docs/guessing.md.
/// </summary>
public static class GuessBudget
{
    /// <summary>What the guesses at one request may weigh in all: as many ten-thousandths, with four digits.</summary>
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
        var isNew = source != CodeSource.Ours || !CarriesOurs(request);
        return request.Verification is not { } state || state.WrongWeight + Math.Max(1, CodesOf(request) + (isNew ? 1 : 0)) <= MostWeight;
    }

    private static int CodesOf(RequestRecord request)
    {
        var live = request.Attempts.Where(attempt => attempt.MayHaveReachedThePhone).ToArray();
        return (CarriesOurs(request) ? 1 : 0)
            + live.Count(attempt => attempt.IsDelegated)
            + live.Select(attempt => attempt.TailHash).OfType<string>().Distinct(StringComparer.Ordinal).Count();
    }

    private static bool CarriesOurs(RequestRecord request) =>
        request.IsTest || request.Attempts.Any(attempt => attempt.CarriesOurCode && attempt.MayHaveReachedThePhone);
}
