using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>
/// “What an unclear answer means”, for every provider: no connection, 429 and 503 are certainly not sent; silence after the request left, any
/// other 5xx and a success that cannot be read are unclear. What a success and a refusal say is each provider's own.
/// </summary>
internal static class Outcomes
{
    public static PlaceOutcome Place(
        Exchange exchange, Func<Exchange.Answered, PlaceOutcome> taken, Func<Exchange.Answered, PlaceOutcome> refused) => exchange switch
        {
            Exchange.NeverLeft failure => new PlaceOutcome.NotSent(failure.Reason),
            Exchange.Lost failure => new PlaceOutcome.Unclear(failure.Reason),
            Exchange.Answered { Status: 429 } answer => new PlaceOutcome.NotSent($"HTTP {answer.Status}", answer.RetryAfter, NotSentKind.Busy),
            Exchange.Answered { Status: 503 } answer => new PlaceOutcome.NotSent($"HTTP {answer.Status}", answer.RetryAfter),
            Exchange.Answered { IsSuccess: true } answer => taken(answer),
            // Assumed: a permanent redirect did nothing but name another address, so our configured one is wrong.
            Exchange.Answered { Status: 301 or 307 or 308 } answer => Account($"HTTP {answer.Status}: the base address has moved"),
            // Assumed: gateways use 408 for an upstream that was slow, which may have acted.
            Exchange.Answered { Status: not 408 and >= 400 and <= 499 } answer => refused(answer),
            Exchange.Answered answer => new PlaceOutcome.Unclear($"HTTP {answer.Status}"),
            _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
        };

    public static ReportOutcome Report(Exchange exchange, Func<Exchange.Answered, ReportOutcome> refused) => exchange switch
    {
        Exchange.NeverLeft failure => new ReportOutcome.Retry(failure.Reason),
        Exchange.Lost failure => new ReportOutcome.Retry(failure.Reason),
        Exchange.Answered { IsSuccess: true } => new ReportOutcome.Done(),
        Exchange.Answered { Status: 408 or 429 or >= 500 or (>= 300 and <= 399) } answer =>
            new ReportOutcome.Retry($"HTTP {answer.Status}", answer.RetryAfter),
        Exchange.Answered answer => refused(answer),
        _ => throw new ArgumentOutOfRangeException(nameof(exchange)),
    };

    /// <summary>A success whose body lacks what it must say.</summary>
    public static PlaceOutcome Unreadable(Exchange.Answered answer) => new PlaceOutcome.Unclear($"HTTP {answer.Status} that cannot be read");

    public static PlaceOutcome Account(string reason) => new PlaceOutcome.NotSent(reason, Kind: NotSentKind.Account);

    public static PlaceOutcome Refused(string reason) => new PlaceOutcome.NotSent(reason, Kind: NotSentKind.Refused);
}
