using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>What Lanck knows of a number. Someone waits for the answer, so each question is asked once.</summary>
internal sealed class LanckInsight(LanckClient client, [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    private static readonly Dictionary<string, FraudVerdict> FraudVerdicts = new(StringComparer.OrdinalIgnoreCase)
    {
        ["PASSED"] = FraudVerdict.Passed,
        ["NOT_MOBILE_PREFIX"] = FraudVerdict.NotMobilePrefix,
        ["SUSPICIOUS"] = FraudVerdict.Suspicious,
        ["FRAUDULENT"] = FraudVerdict.Fraudulent,

        // The document's own example spells it so.
        ["FRAUDLENT"] = FraudVerdict.Fraudulent,
    };

    public Task<Insight<HlrReading>> HlrAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        AskAsync(token => client.HlrAsync(number.E164, token), Hlr, cancellationToken);

    public Task<Insight<FraudReading>> FraudCheckAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        AskAsync(token => client.FraudCheckAsync(number.E164, token), Fraud, cancellationToken);

    private Task<Insight<T>> AskAsync<T>(
        Func<CancellationToken, Task<Exchange>> ask, Func<Exchange.Answered, T?> read, CancellationToken cancellationToken)
        where T : class => pipeline.CallAsync(
            async token => Read(await ask(token), read),
            wait => new Insight<T>.Busy(wait),
            cancellationToken);

    private static Insight<T> Read<T>(Exchange exchange, Func<Exchange.Answered, T?> read)
        where T : class => exchange switch
        {
            Exchange.Answered { IsSuccess: true } answer => read(answer) is { } reading
                ? new Insight<T>.Known(reading)
                : new Insight<T>.Unavailable($"HTTP {answer.Status} that cannot be read", MayBeCharged: true),
            Exchange.Answered { Status: 400 } answer when SharedErrors.CodeOf(answer) == SharedErrors.InvalidNumber => new Insight<T>.InvalidNumber(),
            Exchange.Answered answer => new Insight<T>.Unavailable(
                SharedErrors.Reason(answer, SharedErrors.CodeOf(answer)), answer.RetryAfter, MayBeCharged: answer.Status is 408 or (>= 500 and not 503)),
            Exchange.NeverLeft failure => new Insight<T>.Unavailable(failure.Reason),
            Exchange.Lost failure => new Insight<T>.Unavailable(failure.Reason, MayBeCharged: true),
            _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
        };

    private static HlrReading? Hlr(Exchange.Answered answer) =>
        LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckRequestInfo) is { Status: { } status } info
            ? new HlrReading(ProviderText.Status(status), info.Mccmnc, info.Network, info.Country, info.CreatedAt)
            : null;

    private static FraudReading? Fraud(Exchange.Answered answer)
    {
        var body = LooseJson.TryRead(answer.Body.Span, LanckJson.Default.LanckFraudAnswer);
        return body?.Status is { } status && FraudVerdicts.TryGetValue(status, out var verdict)
            ? new FraudReading(verdict, bool.TryParse(body.MobilePrefix, out var isMobile) ? isMobile : null)
            : null;
    }
}
