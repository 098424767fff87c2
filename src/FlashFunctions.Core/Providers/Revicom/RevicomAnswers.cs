using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>What Revicom's answers mean. A 200 may hold failed items, so it is the item that counts.</summary>
internal static class RevicomAnswers
{
    private const int Created = 201;

    public static PlaceOutcome Taken(Exchange.Answered answer) => Item(answer) switch
    {
        { Code: Created, MessageUuid: { } reference } => new PlaceOutcome.Accepted(reference),
        { Code: { } code } when code != Created => Outcomes.Refused($"item code {code}"),
        _ => Outcomes.Unreadable(answer),
    };

    public static PlaceOutcome Refused(Exchange.Answered answer)
    {
        var error = LooseJson.TryRead(answer.Body.Span, RevicomJson.Default.RevicomFailure)?.Error;
        return answer.Status switch
        {
            401 or 403 => Outcomes.Account(Reason(answer, error)),
            422 when error?.Msg?.Contains("msisdn", StringComparison.OrdinalIgnoreCase) == true => new PlaceOutcome.Rejected("invalid number"),
            _ => Outcomes.Refused(Reason(answer, error)),
        };
    }

    public static ReportOutcome Report(Exchange exchange) =>
        exchange is Exchange.Answered { IsSuccess: true } answer && Item(answer) is { Code: { } code and not Created }
            ? new ReportOutcome.Failed($"item code {code}")
            : Outcomes.Report(exchange, ReportRefused);

    private static ReportOutcome ReportRefused(Exchange.Answered answer)
    {
        var reason = Reason(answer, LooseJson.TryRead(answer.Body.Span, RevicomJson.Default.RevicomFailure)?.Error);
        return answer.Status is 401 or 403
            ? new ReportOutcome.Retry(reason, NeedsOperator: true)
            : new ReportOutcome.Failed(reason);
    }

    private static RevicomItem? Item(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, RevicomJson.Default.RevicomAnswer)?.Items is [{ } item, ..] ? item : null;

    private static string Reason(Exchange.Answered answer, RevicomError? error) =>
        error is null ? $"HTTP {answer.Status}" : $"HTTP {answer.Status}, {error.Code} {ProviderText.Letters(error.Msg)}";
}
