using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Reads the answer to /verify/check. Assumed, all of it: the source document shows none. A success is right only when something in it says
/// so and nothing says the contrary; a refusal that is about neither the account nor the rate means that the code is wrong.
/// </summary>
internal static class LanckCheck
{
    private static readonly HashSet<string> Yes = new(StringComparer.OrdinalIgnoreCase)
    {
        "VERIFIED", "NUMBER_VERIFIED", "SUCCESS", "OK", "PASSED", "APPROVED", "VALID", "true",
    };

    private static readonly HashSet<string> No = new(StringComparer.OrdinalIgnoreCase)
    {
        "WRONG_CODE", "NOT_VERIFIED", "UNVERIFIED", "FAILED", "INVALID", "EXPIRED", "REJECTED", "false",
    };

    public static DelegatedCheck Read(Exchange exchange) => exchange switch
    {
        Exchange.NeverLeft failure => new DelegatedCheck.Unavailable(failure.Reason),
        Exchange.Lost failure => new DelegatedCheck.Unavailable(failure.Reason),
        Exchange.Answered { IsSuccess: true } answer => Verdict(answer),
        Exchange.Answered { Status: >= 400 and <= 499 and not 408 and not 429 } answer => Refusal(answer),
        Exchange.Answered answer => new DelegatedCheck.Unavailable($"HTTP {answer.Status}", answer.RetryAfter),
        _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
    };

    private static DelegatedCheck Verdict(Exchange.Answered answer)
    {
        var body = LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckCheckAnswer);
        string[] words = [.. new[] { body?.Status, body?.Result, body?.Verified }.OfType<string>()];
        return words.Any(No.Contains) ? new DelegatedCheck.Wrong()
            : words.Any(Yes.Contains) ? new DelegatedCheck.Right()
            : new DelegatedCheck.Unavailable($"HTTP {answer.Status} that cannot be read");
    }

    private static DelegatedCheck Refusal(Exchange.Answered answer) => SharedErrors.Report(answer) switch
    {
        ReportOutcome.Retry refusal => new DelegatedCheck.Unavailable(refusal.Reason, refusal.RetryAfter, refusal.NeedsOperator),
        _ => new DelegatedCheck.Wrong(),
    };
}
