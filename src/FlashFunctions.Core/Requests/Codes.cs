using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Requests;

/// <summary>What a guess was compared with.</summary>
/// <param name="Attempt">
/// The number of the attempt whose code it is: of several the newest that its provider took, else one whose answer is awaited. Null where
/// there is none.
/// </param>
public readonly record struct CodeMatch(bool IsRight, int? Attempt);

/// <summary>The codes of a request: ours, and what the numbers that rang make of it.</summary>
public sealed class Codes(CodeKeys keys)
{
    private const string Tail = "tail";
    private const string Caller = "caller";

    /// <summary>How the code of a new request is made.</summary>
    public CodeRecipe NewRecipe(int length, bool noLeadingZero) => new(keys.ActiveKeyId, length, noLeadingZero);

    /// <summary>How a code that the caller gave is kept until it is placed.</summary>
    public CodeRecipe GivenRecipe(RequestId id, string code) =>
        new(keys.ActiveKeyId, code.Length, code[0] != '0', keys.Encrypt(keys.ActiveKeyId, id, code));

    /// <summary>
    /// The outcome and the code, of so many digits (0: none), that a request to a test number keeps even if the number is deleted
    /// meanwhile; null for a real number.
    /// </summary>
    public TestRun? RunOf(RequestId id, TestNumber? test, int length = 0) => test is null
        ? null
        : new TestRun(test.Outcome, test.Delay, length == 0 ? null : keys.Encrypt(keys.ActiveKeyId, id, test.Code[^length..]));

    /// <summary>Our code of the request, or null where it has none.</summary>
    public string? Ours(RequestRecord request) => request.Content.Code switch
    {
        null => null,
        { Given: { } given } recipe => keys.Decrypt(recipe.KeyId, request.Id, given),
        { } recipe when request.Test is { } test => test.Code is { } code ? keys.Decrypt(recipe.KeyId, request.Id, code) : null,
        { } recipe => keys.Derive(recipe.KeyId, request.Id, recipe.Length, recipe.NoLeadingZero),
    };

    public string TailHash(RequestRecord request, string caller)
    {
        var recipe = request.Content.Code!;
        return keys.Hash(recipe.KeyId, request.Id, Tail, caller[^Math.Min(recipe.Length, caller.Length)..]);
    }

    public string CallerHash(RequestRecord request, string caller) => keys.Hash(request.Content.Code!.KeyId, request.Id, Caller, caller);

    /// <summary>
    /// Whether the code is one that the phone may have been given: ours once an attempt carries it, or the tail of a number
    /// that rang. Everything is compared, in constant time.
    /// </summary>
    public CodeMatch Match(RequestRecord request, string code)
    {
        var isOurs = Ours(request) is { } ours && (request.CarriesOurCode & ConstantTime.Equals(code, ours));
        var hash = TailHash(request, code);
        return Match(request, isOurs, attempt =>
            (attempt.TailHash is { } tail && ConstantTime.Equals(tail, hash) && code.Length == request.Content.Code!.Length)
            || (attempt.CarriesOurCode & attempt.MayHaveReachedThePhone & isOurs));
    }

    /// <summary>
    /// Whether the caller number is one that rang: the whole of it where the provider told us, its tail where it did not.
    /// </summary>
    public CodeMatch MatchCaller(RequestRecord request, string caller)
    {
        if (request.IsTest)
        {
            var isTests = Ours(request) is { } code && ConstantTime.Equals(caller, TestProvider.CallerOf(code));
            return Match(request, isTests, attempt => isTests & attempt.MayHaveReachedThePhone);
        }

        var hash = CallerHash(request, caller);
        var endsRight = Ours(request) is { } ours
            && ConstantTime.Equals(caller[^Math.Min(request.Content.Code!.Length, caller.Length)..], ours);
        return Match(request, false, attempt => attempt.MayHaveReachedThePhone
            && (attempt.CallerHash is { } known ? ConstantTime.Equals(known, hash) : attempt.CarriesOurCode & endsRight));
    }

    /// <summary>Compares with every attempt, whichever is right.</summary>
    private static CodeMatch Match(RequestRecord request, bool isRightAnyway, Func<AttemptRecord, bool> isItsCode)
    {
        var (isRight, credited) = (isRightAnyway, (int?)null);
        foreach (var (number, attempt) in request.Attempts.Index())
        {
            if (isItsCode(attempt))
            {
                isRight = true;
                credited = credited is null || attempt.State != AttemptState.Starting ? number : credited;
            }
        }

        return new CodeMatch(isRight, credited);
    }
}
