using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Flash calls by Revicom: we choose the digits, leading zeros included.</summary>
internal sealed class RevicomProvider(
    RevicomClient client, CallbackAddresses callbacks, IOptions<RevicomOptions> options,
    [FromKeyedServices(RevicomProvider.ProviderName)] ProviderPipeline pipeline)
    : PipelinedProvider(ProviderName, pipeline), ITakeReports
{
    public const string ProviderName = "revicom";

    private readonly RevicomOptions _options = options.Value;
    private readonly Capability _flashCall = new(CodeSource.Ours, options.Value.StepWait) { LeastWait = TimeSpan.FromSeconds(70) };

    public override Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call && codeLength >= 4 && codeLength <= _options.MaxCodeLength ? _flashCall : null;

    public override async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        if (placement.Code is not { } code || CapabilityFor(placement.Channel, code.Length) is null || !code.All(char.IsAsciiDigit))
        {
            return Outcomes.Refused($"Revicom calls with digits of ours, 4 to {_options.MaxCodeLength}");
        }

        var message = new RevicomMessage(
            "FLASHCALL",
            _options.SenderName,
            placement.To.Digits,
            code,
            callbacks.For(ProviderName, placement.Attempt),
            _options.EventList,
            _options.TagList is { Count: > 0 } tags ? tags : null);
        return await PlaceAsync(
            placement, token => client.SendAsync(message, token), RevicomAnswers.Taken, RevicomAnswers.Refused, cancellationToken);
    }

    public async Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken)
    {
        if (report.Reference is not { } reference || ResultOf(report.Verdict) is not { } result)
        {
            return new ReportOutcome.Done();
        }

        var conversion = new RevicomConversion(reference, result);
        return await Pipeline.ReportAsync(
            report.Attempt, async token => RevicomAnswers.Report(await client.ReportAsync(conversion, token)), cancellationToken);
    }

    private static string? ResultOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "NUMBER_VERIFIED",
        UpstreamVerdict.WrongCode => "WRONG_CODE",
        _ => null,
    };
}

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
        var error = Error(answer);
        return answer.Status switch
        {
            401 or 403 => Outcomes.Account(Reason(answer, error)),
            422 when error?.Msg?.Contains("msisdn", StringComparison.OrdinalIgnoreCase) == true =>
                new PlaceOutcome.Rejected("invalid number"),
            _ => Outcomes.Refused(Reason(answer, error)),
        };
    }

    public static ReportOutcome Report(Exchange exchange) =>
        exchange is Exchange.Answered { IsSuccess: true } taken && Item(taken) is { Code: { } code and not Created }
            ? new ReportOutcome.Failed($"item code {code}")
            : Outcomes.Report(exchange, answer => Outcomes.ReportRefused(answer.Status, Reason(answer, Error(answer))));

    private static RevicomItem? Item(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, RevicomJson.Default.RevicomAnswer)?.Items is [{ } item, ..] ? item : null;

    private static RevicomError? Error(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, RevicomJson.Default.RevicomFailure)?.Error;

    private static string Reason(Exchange.Answered answer, RevicomError? error) =>
        error is null ? $"HTTP {answer.Status}" : $"HTTP {answer.Status}, {error.Code} {ProviderText.Letters(error.Msg)}";
}
