using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Verifications;

/// <summary>Codes that a provider made and that it alone can check.</summary>
public sealed class DelegatedCodes(Routing routing)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2);

    /// <summary>Whether a guess may be the code of an attempt that its provider has to be asked about.</summary>
    public static bool MayBe(RequestRecord request, Guess guess) =>
        CodeOf(request, guess).Length == request.Verification!.CodeLength && Attempts(request, guess).Any();

    /// <summary>
    /// Whether the request also has a code that we know, so that a guess tells something even where the provider is silent.
    /// </summary>
    public static bool AreMixed(RequestRecord request) =>
        request.Attempts.Any(attempt => attempt.MayHaveReachedThePhone && !attempt.IsDelegated);

    /// <summary>
    /// Asks the providers, the latest attempt first, until one says that the code is right. Where none does, “wrong” outweighs silence, and
    /// a guess that may have left outweighs one that never did. The attempt is that of the right code. A caller who disconnects does not
    /// stop it, since the guess counts once a provider may have it.
    /// </summary>
    public async Task<(DelegatedCheck Said, int? Attempt)> CheckAsync(RequestRecord request, Guess guess)
    {
        DelegatedCheck sum = new DelegatedCheck.NotAsked("no attempt can be asked about");
        foreach (var (number, attempt) in Attempts(request, guess).Reverse())
        {
            var said = await AskAsync(attempt, CodeOf(request, guess));
            if (said is DelegatedCheck.Right)
            {
                return (said, number);
            }

            sum = Weight(said) >= Weight(sum) ? said : sum;
        }

        return (sum, null);
    }

    private static int Weight(DelegatedCheck said) => said switch
    {
        DelegatedCheck.NotAsked => 0,
        DelegatedCheck.Unclear => 1,
        _ => 2,
    };

    private async Task<DelegatedCheck> AskAsync(AttemptRecord attempt, string code) =>
        attempt.Reference is not { } reference
            ? new DelegatedCheck.NotAsked("the provider has not named the attempt yet", Soon)
            : routing.Find(attempt.Provider!) is not ICheckCodes provider
                ? new DelegatedCheck.NotAsked("the provider is not configured any more")
                : await provider.CheckAsync(reference, code, CancellationToken.None);

    /// <summary>A caller number can only be that of a call.</summary>
    private static IEnumerable<(int Number, AttemptRecord Attempt)> Attempts(RequestRecord request, Guess guess) =>
        request.Attempts.Index().Where(entry => entry.Item is { IsDelegated: true, MayHaveReachedThePhone: true }
            && (guess.Caller is null || request.Steps[entry.Item.Step].Channel == Channel.Call));

    private static string CodeOf(RequestRecord request, Guess guess) =>
        guess.Code ?? guess.Caller![^Math.Min(request.Verification!.CodeLength, guess.Caller!.Length)..];
}
