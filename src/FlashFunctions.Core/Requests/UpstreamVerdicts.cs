using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Verifications;

namespace FlashFunctions.Core.Requests;

/// <summary>Rule 9: which outcome the providers are told, or null while there is none.</summary>
public static class UpstreamVerdicts
{
    public const string NumberVerified = "NUMBER_VERIFIED";
    public const string LinkOpened = "LINK_OPENED";

    /// <summary>The verdict on a request. A test number's is never told.</summary>
    public static UpstreamVerdict? Of(RequestRecord request) => request switch
    {
        { IsTest: true } => null,
        { Verification.Result: not VerificationResult.Pending and { } result } => OfResult(result, request.Verification.WrongCodes),
        { Goal: NumberVerified } => UpstreamVerdict.Verified,
        { Goal: LinkOpened } => UpstreamVerdict.LinkOpened,
        _ => null,
    };

    private static UpstreamVerdict OfResult(VerificationResult result, int wrongCodes) => result switch
    {
        VerificationResult.Verified => UpstreamVerdict.Verified,
        VerificationResult.Canceled or VerificationResult.Superseded => UpstreamVerdict.Canceled,
        _ when wrongCodes > 0 => UpstreamVerdict.WrongCode,
        _ => UpstreamVerdict.Timeout,
    };
}
