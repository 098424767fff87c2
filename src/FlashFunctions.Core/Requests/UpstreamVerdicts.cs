using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

/// <summary>Rule 9: what is reported to the providers.</summary>
public static class UpstreamVerdicts
{
    public const string NumberVerified = "NUMBER_VERIFIED";
    public const string LinkOpened = "LINK_OPENED";

    /// <summary>
    /// What is to be reported of a request: the goals that its backend reported, before and after a result, and its result. Nothing for a
    /// test number.
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

    public static bool IsAnythingDue(RequestRecord request) => Due(request).Any();

    /// <summary>What is still to be reported to which attempt's provider.</summary>
    internal static IEnumerable<(int Number, UpstreamVerdict Verdict)> Due(RequestRecord request) =>
        from verdict in AllOf(request)
        from entry in request.Attempts.Index()
        where entry.Item.MayHaveReachedThePhone && !entry.Item.ReportedVerdicts.Contains(verdict)
        select (entry.Index, verdict);

    /// <summary>Notes all that is still to be reported as reported, for a caller that reports it itself.</summary>
    internal static (RequestRecord Next, IReadOnlyList<(int Number, UpstreamVerdict Verdict)> Due) TakeDue(RequestRecord request)
    {
        var due = Due(request).ToArray();
        return (due.Aggregate(request, (current, report) => NoteReported(current, report.Number, report.Verdict)), due);
    }

    /// <summary>Notes what an attempt's provider has taken.</summary>
    public static RequestRecord NoteReported(RequestRecord request, int number, UpstreamVerdict verdict) => AttemptLife.Change(
        request,
        number,
        attempt => attempt.ReportedVerdicts.Contains(verdict)
            ? attempt
            : attempt with { ReportedVerdicts = [.. attempt.ReportedVerdicts, verdict] });

    private static UpstreamVerdict OfResult(VerificationResult result, int wrongCodes) => result switch
    {
        VerificationResult.Verified => UpstreamVerdict.Verified,
        VerificationResult.Canceled or VerificationResult.Superseded => UpstreamVerdict.Canceled,
        _ when wrongCodes > 0 => UpstreamVerdict.WrongCode,
        _ => UpstreamVerdict.Timeout,
    };
}
