using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Verifications;

namespace FlashFunctions.Core.Requests;

/// <summary>Rule 9: what the providers are told.</summary>
public static class UpstreamVerdicts
{
    public const string NumberVerified = "NUMBER_VERIFIED";
    public const string LinkOpened = "LINK_OPENED";

    /// <summary>
    /// What the providers are to be told of a request: the goals that its backend reported, before and after a result, and its result. Nothing of a
    /// test number's.
    /// </summary>
    public static IReadOnlyList<UpstreamVerdict> AllOf(RequestRecord request)
    {
        if (request.IsTest)
        {
            return [];
        }

        var goals = request.Goals.Select(goal => goal == LinkOpened ? UpstreamVerdict.LinkOpened : UpstreamVerdict.Verified);
        return request.Verification is { Result: not VerificationResult.Pending and var result, WrongCodes: var wrongCodes }
            ? [.. goals.Append(OfResult(result, wrongCodes)).Distinct()]
            : [.. goals];
    }

    private static UpstreamVerdict OfResult(VerificationResult result, int wrongCodes) => result switch
    {
        VerificationResult.Verified => UpstreamVerdict.Verified,
        VerificationResult.Canceled or VerificationResult.Superseded => UpstreamVerdict.Canceled,
        _ when wrongCodes > 0 => UpstreamVerdict.WrongCode,
        _ => UpstreamVerdict.Timeout,
    };
}
