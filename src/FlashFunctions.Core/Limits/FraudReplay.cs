using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>The rules that count, in memory: what they would find if requests came one after the other under other settings.</summary>
public sealed class FraudReplay(FraudPolicy policy, ServiceKey key)
{
    private readonly Dictionary<FraudScopeKey, FraudCounts> _counts = [];
    private readonly Dictionary<(FraudRule, FraudScopeKey), FraudBlock> _blocks = [];

    public FraudPolicy Policy => policy;

    /// <summary>Begins with what was counted in a scope before that time.</summary>
    public void Seed(FraudScopeKey scope, FraudCounts counts, DateTimeOffset before) => _counts[scope] = counts with
    {
        Slots = [.. counts.Slots.Where(slot => slot.End <= TableKeys.Minute(before))],
        Marks = [],
    };

    /// <summary>Judges a request that is made at that time.</summary>
    /// <param name="found">What the rules find that need no count; null: an allow list has it.</param>
    public FraudJudgement Judge(RequestRecord request, IReadOnlyList<FraudFinding>? found, DateTimeOffset now)
    {
        if (found is null)
        {
            return FraudJudgement.Clear;
        }

        if (!FraudGuard.IsJudgedByCounts(request))
        {
            return new FraudJudgement(found);
        }

        var subject = new FraudSubject(key, request);
        foreach (var candidate in FraudRules.Find(policy, subject, Of, (rule, scope) => BlockOf(rule, scope)?.CountsFrom, now).ToArray())
        {
            var mode = policy.ModeOf(candidate.Rule, candidate.Key.Scope);
            _blocks[(candidate.Rule, candidate.Key)] =
                FraudBlock.Raise(BlockOf(candidate.Rule, candidate.Key), "", candidate, mode, now);
        }

        var blocks = FraudGuard.Blocks(policy, subject, BlockOf, now);
        return new FraudJudgement([.. found, .. blocks]);
    }

    public void Count(RequestRecord request, FraudEvents events, DateTimeOffset now)
    {
        foreach (var (scope, counts) in events.By(new FraudSubject(key, request)))
        {
            _counts[scope] = Of(scope).Plus(counts, scope.Scope, now);
        }
    }

    private FraudBlock? BlockOf(FraudRule rule, FraudScopeKey scope) => _blocks.GetValueOrDefault((rule, scope));

    private FraudCounts Of(FraudScopeKey scope) => _counts.GetValueOrDefault(scope) ?? FraudCounts.None;
}
