using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

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

    /// <summary>Whether a provider still has to be told something.</summary>
    public static bool IsAnythingDue(RequestRecord request) => Due(request).Any();

    /// <summary>What which attempt's provider still has to be told.</summary>
    internal static IEnumerable<(int Number, UpstreamVerdict Verdict)> Due(RequestRecord request) =>
        from verdict in AllOf(request)
        from entry in request.Attempts.Index()
        where entry.Item.MayHaveReachedThePhone && !entry.Item.ReportedVerdicts.Contains(verdict)
        select (entry.Index, verdict);

    private static UpstreamVerdict OfResult(VerificationResult result, int wrongCodes) => result switch
    {
        VerificationResult.Verified => UpstreamVerdict.Verified,
        VerificationResult.Canceled or VerificationResult.Superseded => UpstreamVerdict.Canceled,
        _ when wrongCodes > 0 => UpstreamVerdict.WrongCode,
        _ => UpstreamVerdict.Timeout,
    };
}
