using System.Diagnostics;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Lanck's REST API v1, all of it but /verify: calls and messages with a code or text of ours, or from a number that the account names;
/// whole failover flows; the state of a request; what is known of a number.
/// </summary>
internal sealed class LanckProvider(
    LanckClient client, CallbackAddresses callbacks, [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
    : PipelinedProvider(ProviderName, pipeline), ITakeReports, IReadAttempts, ILookUpNumbers
{
    public const string ProviderName = "lanck";

    private static readonly Capability FlashCall = new(CodeSource.Ours, Capability.CallWait, TellsCaller: true, TakesCaller: true);
    private static readonly Capability Message = new(CodeSource.Ours, Capability.MessageWait);

    private static readonly Dictionary<string, FraudVerdict> FraudVerdicts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PASSED"] = FraudVerdict.Passed,
        ["NOT_MOBILE_PREFIX"] = FraudVerdict.NotMobilePrefix,
        ["SUSPICIOUS"] = FraudVerdict.Suspicious,
        ["FRAUDULENT"] = FraudVerdict.Fraudulent,

        // The document's own example spells it so.
        ["FRAUDLENT"] = FraudVerdict.Fraudulent,
    };

    /// <summary>Calls with a code carry 4 to 6 digits; a text carries whatever is written in it.</summary>
    public override Capability? CapabilityFor(Channel channel, int codeLength) => channel switch
    {
        Channel.Call => codeLength is >= 4 and <= 6 ? FlashCall : null,
        Channel.Voice => codeLength is >= 4 and <= 6 ? Message : null,
        Channel.Sms or Channel.Push or Channel.Viber or Channel.Rcs or Channel.Speech or Channel.Flow => Message,
        _ => null,
    };

    public override async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        var callbackUrl = callbacks.For(ProviderName, placement.Attempt);
        if (placement.Channel == Channel.Flow)
        {
            return LanckFlow.For(placement, callbackUrl) is { } flow
                ? await PlaceAsync(placement, token => client.FailoverAsync(flow, token), cancellationToken)
                : Outcomes.Refused("a failover flow is of push, Viber, RCS and SMS messages");
        }

        return LanckOperation.For(placement, callbackUrl) is { } operation
            ? await PlaceAsync(placement, token => client.PlaceAsync(operation, token), cancellationToken)
            : Outcomes.Refused($"Lanck cannot carry this {placement.Channel}: its code, text or language");
    }

    public Task<ReportOutcome> ReportAsync(UpstreamReport report, CancellationToken cancellationToken) =>
        ReportAsync(client, Pipeline, report, cancellationToken);

    public async Task<ProviderEvent?> ReadAsync(string reference, CancellationToken cancellationToken)
    {
        var reading = await Pipeline.CallAsync(
            async token => Read(await client.ReadAsync(reference, token), Report),
            wait => new Insight<ProviderEvent>.Busy(wait),
            cancellationToken);
        return (reading as Insight<ProviderEvent>.Known)?.Reading;

        ProviderEvent? Report(Exchange.Answered answer) =>
            LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckRequestInfo) is { Id: not null } info
                ? new ProviderEvent(
                    ProviderName,
                    Attempt: null,
                    reference,
                    LanckStatuses.Of(info.Status, IsCall(info)),
                    ProviderText.Status(info.Status),
                    At: null,
                    info.Mccmnc,
                    Outcome: CallStatuses.OutcomeOf(info.Status))
                : null;
    }

    public Task<Insight<HlrReading>> LookUpAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        AskAsync(token => client.HlrAsync(number.E164, token), Hlr, cancellationToken);

    public Task<Insight<FraudReading>> FraudCheckAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        AskAsync(token => client.FraudCheckAsync(number.E164, token), Fraud, cancellationToken);

    /// <summary>What the answer to a call, a message, a flow or a verification says.</summary>
    internal static PlaceOutcome Taken(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckTaken) is { RequestId: { } reference } taken
            ? new PlaceOutcome.Accepted(reference, ProviderText.Digits(taken.From))
            : Outcomes.Unreadable(answer);

    /// <summary>Sets the goal of one of our requests, for the verdicts that have one.</summary>
    internal static async Task<ReportOutcome> ReportAsync(
        LanckClient client, ProviderPipeline pipeline, UpstreamReport report, CancellationToken cancellationToken)
    {
        if (report.Reference is not { } reference || GoalOf(report.Verdict) is not { } goal)
        {
            return new ReportOutcome.Done();
        }

        return await pipeline.ReportAsync(
            report.Attempt,
            async token => Outcomes.Report(await client.SetGoalAsync(reference, goal, token), SharedErrors.Report),
            cancellationToken);
    }

    private Task<PlaceOutcome> PlaceAsync(
        Placement placement, Func<CancellationToken, Task<Exchange>> send, CancellationToken cancellationToken) =>
        PlaceAsync(placement, send, Taken, SharedErrors.Place, cancellationToken);

    private Task<Insight<T>> AskAsync<T>(
        Func<CancellationToken, Task<Exchange>> ask, Func<Exchange.Answered, T?> read, CancellationToken cancellationToken)
        where T : class => Pipeline.CallAsync(
            async token => Read(await ask(token), read), wait => new Insight<T>.Busy(wait), cancellationToken);

    private static Insight<T> Read<T>(Exchange exchange, Func<Exchange.Answered, T?> read)
        where T : class => exchange switch
        {
            Exchange.Answered { IsSuccess: true } answer => read(answer) is { } reading
                ? new Insight<T>.Known(reading)
                : new Insight<T>.Unavailable($"HTTP {answer.Status} that cannot be read", MayBeCharged: true),
            Exchange.Answered { Status: 400 } answer when SharedErrors.CodeOf(answer) == SharedErrors.InvalidNumber =>
                new Insight<T>.InvalidNumber(),
            Exchange.Answered answer => new Insight<T>.Unavailable(
                SharedErrors.Reason(answer, SharedErrors.CodeOf(answer)),
                answer.RetryAfter,
                MayBeCharged: answer.Status is 408 or (>= 500 and not 503)),
            Exchange.NeverLeft failure => new Insight<T>.Unavailable(failure.Reason),
            Exchange.Lost failure => new Insight<T>.Unavailable(failure.Reason, MayBeCharged: true),
            _ => throw new UnreachableException(),
        };

    private static HlrReading? Hlr(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckRequestInfo) is { Status: { } status } info
            ? new HlrReading(ProviderText.Status(status), info.Mccmnc, info.Network, info.Country)
            : null;

    private static FraudReading? Fraud(Exchange.Answered answer)
    {
        var body = LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckFraudAnswer);
        return body?.Status is { } status && FraudVerdicts.TryGetValue(status, out var verdict)
            ? new FraudReading(verdict, bool.TryParse(body.MobilePrefix, out var isMobile) ? isMobile : null)
            : null;
    }

    private static string? GoalOf(UpstreamVerdict verdict) => verdict switch
    {
        UpstreamVerdict.Verified => "NUMBER_VERIFIED",
        UpstreamVerdict.LinkOpened => "LINK_OPENED",
        _ => null,
    };

    private static bool IsCall(LanckRequestInfo info) => info.Product?.ToLowerInvariant() is { } product
        && (product is "verify.call" or "verify.voice" || product.StartsWith("calls.", StringComparison.Ordinal));
}
