using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Limits;

/// <summary>
/// Keeps numbers out that nothing should be sent to: those with a blocked prefix, and, where it is switched on, those that a provider
/// knows from fraud.
/// </summary>
public sealed partial class NumberScreen(Routing routing, IOptions<GuardOptions> options, TimeProvider time, ILogger<NumberScreen> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly string[] _blocked = [.. options.Value.BlockedList];

    /// <summary>The refusal of a number with a blocked prefix (errorCode 30), or null.</summary>
    public Problem? Refusal(RequestRecord request) =>
        request.Test is { } test ? test.Outcome == TestOutcome.Blocked ? Problem.NumberBlocked : null
            : Array.Exists(_blocked, prefix => request.Number.Digits.StartsWith(prefix, StringComparison.Ordinal)) ? Problem.NumberBlocked
            : null;

    /// <summary>
    /// The refusal of a number that is on a list of fraudulent ones (errorCode 30), or null. Asked after the limits, since each answer
    /// costs; no answer within 2 seconds lets the number through.
    /// </summary>
    public async Task<Problem?> FraudAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (!options.Value.FraudCheck || request.IsTest || routing.ForInsight() is not { } provider || provider.IsCircuitOpen(request.Country, request.Account))
        {
            return null;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (await provider.FraudCheckAsync(request.Number, either.Token) is Insight<FraudReading>.Known { Reading.Verdict: FraudVerdict.Fraudulent })
            {
                Log.Fraudulent(logger, request.Product, request.Country);
                return Problem.NumberBlocked;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NoAnswer(logger, provider.Name);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A {Product} to {Country} was refused: the number is known from fraud")]
        public static partial void Fraudulent(ILogger logger, string product, string country);

        [LoggerMessage(2, LogLevel.Warning, "{Provider} did not answer a fraud check in time; the number was let through")]
        public static partial void NoAnswer(ILogger logger, string provider);
    }
}
