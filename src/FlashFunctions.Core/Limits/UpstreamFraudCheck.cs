using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Limits;

/// <summary>The fraud guard's rule that asks a provider about a number.</summary>
public sealed partial class UpstreamFraudCheck(
    Routing routing, FraudLists lists, FraudDecisions decisions, IOptions<GuardOptions> options, TimeProvider time,
    ILogger<UpstreamFraudCheck> logger)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>
    /// What a provider's fraud check says of the number, for accounts that have it checked and where it is switched on for all; null:
    /// nothing against it, or an allow list has the number. Asked after the limits, since each answer costs. An answer that takes more than
    /// 2 seconds counts as none.
    /// </summary>
    public async Task<FraudFinding?> RunAsync(Account? account, RequestRecord request, CancellationToken cancellationToken)
    {
        var policy = account?.Fraud ?? FraudPolicy.Default;
        var mode = policy.ModeOf(FraudRule.Upstream) is FraudMode.Off && options.Value.FraudCheck
            ? FraudMode.Enforce
            : policy.ModeOf(FraudRule.Upstream);
        if (mode == FraudMode.Off || request.IsTest || await lists.AllowsAsync(request, cancellationToken))
        {
            return null;
        }

        var found = await AskAsync(request, cancellationToken) switch
        {
            Insight<FraudReading>.Known { Reading.Verdict: FraudVerdict.Fraudulent } => Found(mode, "FRAUDULENT", "not FRAUDULENT"),
            Insight<FraudReading>.Known { Reading.Verdict: FraudVerdict.Suspicious } =>
                Found(FraudMode.Observe, "SUSPICIOUS", "recorded, and refused where it is FRAUDULENT"),
            Insight<FraudReading>.Known or Insight<FraudReading>.InvalidNumber => null,
            _ => Found(policy.RefusesWhenUnavailable ? mode : FraudMode.Observe, "no answer", "an answer within 2 seconds"),
        };
        if (found is not null)
        {
            var judgement = new FraudJudgement([.. request.Fraud ?? [], found]);
            decisions.Note(request, found, isRefused: judgement.BlockOf(request) is not null);
        }

        return found;

        FraudFinding Found(FraudMode by, string seen, string limit) =>
            FraudGuard.Finding(policy, FraudRule.Upstream, FraudScope.Number, seen, limit) with { Mode = by };
    }

    private async Task<Insight<FraudReading>?> AskAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (routing.ForInsight() is not { } provider || provider.IsCircuitOpen(request.Country, request.Account))
        {
            return null;
        }

        using var timeout = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await provider.FraudCheckAsync(request.Number, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.NoAnswer(logger, provider.Name);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not answer a fraud check in time")]
        public static partial void NoAnswer(ILogger logger, string provider);
    }
}
