using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Http.Manage;

/// <summary>An entry of a list. Times are unix milliseconds.</summary>
public sealed record FraudListEntryBody(
    string Id, string List, string Scope, string Value, string? Account, long? Until, string? Note, long CreatedAt);

/// <summary>A page of a list, the newest first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.</summary>
public sealed record FraudListBody(
    IReadOnlyList<FraudListEntryBody> Entries, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>A block. Times are unix milliseconds; without an account it is for every one.</summary>
public sealed record FraudBlockBody(
    string Id,
    string? Account,
    string Reason,
    string Scope,
    string Value,
    string Seen,
    string Limit,
    long CreatedAt,
    long Until,
    int Repeats,
    string? Note);

/// <summary>
/// A page of the blocks that count, the newest first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record FraudBlocksBody(
    IReadOnlyList<FraudBlockBody> Blocks, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>What a rule decided, for as many requests as it decided the same within an hour. Times are unix milliseconds.</summary>
public sealed record FraudDecisionBody(
    string Id,
    long At,
    long LastAt,
    string Account,
    string Reason,
    string Scope,
    string Value,
    string Mode,
    string Seen,
    string Limit,
    long? Until,
    long Requests,
    string? RequestId);

/// <summary>
/// A page of the log of decisions, the latest first; <paramref name="Next"/> is the <c>after</c> of the next page, null on the last.
/// </summary>
public sealed record FraudDecisionsBody(
    IReadOnlyList<FraudDecisionBody> Decisions, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Next);

/// <summary>What a rule would have done.</summary>
public sealed record FraudPreviewRuleBody(string Reason, string Mode, int Requests, int Verified, int Sends);

/// <summary>What the fraud guard would have done under other settings. Times are unix milliseconds.</summary>
public sealed record FraudPreviewBody(
    string Account,
    long From,
    long To,
    int Requests,
    bool Truncated,
    int Refused,
    int RefusedVerified,
    int SavedSends,
    IReadOnlyList<FraudPreviewRuleBody> Rules);

/// <summary>The fraud guard as operators see it.</summary>
internal static class FraudBodies
{
    /// <summary>An account's settings, as they are read: a rule that is not in it is at its default.</summary>
    public static JsonObject Of(FraudPolicy policy)
    {
        var body = new JsonObject();
        foreach (var (name, rule) in policy.ByRule.OrderBy(rule => rule.Key, StringComparer.Ordinal))
        {
            var of = new JsonObject();
            Add(of, "mode", rule.Mode is { } mode ? FraudFinding.NameOf(mode) : null);
            Add(of, "action", rule.Action is { } action ? FraudInput.NameOf(action) : null);
            Add(of, "limit", rule.Limit);
            Add(of, "whenUnavailable", FraudPolicy.Rules[name] == FraudRule.Upstream && policy.RefusesWhenUnavailable ? "refuse" : null);
            body[name] = of;
        }

        if (policy.Countries.Count > 0)
        {
            var countries = new JsonObject();
            foreach (var (method, list) in policy.Countries.OrderBy(method => method.Key, StringComparer.Ordinal))
            {
                countries[method] = new JsonArray([.. list.Select(country => JsonValue.Create(country))]);
            }

            body["countries"] = countries;
        }

        return body;
    }

    /// <summary>An entry of a list.</summary>
    public static FraudListEntryBody Of(FraudListEntry entry) => new(
        entry.Id,
        entry.Allows ? "allow" : "block",
        FraudFinding.NameOf(entry.Scope),
        entry.Value,
        entry.Account,
        entry.Until?.ToUnixTimeMilliseconds(),
        entry.Note,
        entry.CreatedAt.ToUnixTimeMilliseconds());

    /// <summary>A block.</summary>
    public static FraudBlockBody Of(FraudBlock block) => new(
        block.Id,
        block.Account,
        FraudFinding.NameOf(block.Rule),
        FraudFinding.NameOf(block.Scope),
        block.Shown,
        block.Seen,
        block.Limit,
        block.CreatedAt.ToUnixTimeMilliseconds(),
        block.Until.ToUnixTimeMilliseconds(),
        block.Repeats,
        block.Note);

    /// <summary>A decision.</summary>
    public static FraudDecisionBody Of(LoggedDecision logged)
    {
        var (decision, finding) = (logged.Decision, Of(logged.Decision.Finding));
        return new FraudDecisionBody(
            logged.Id,
            decision.At.ToUnixTimeMilliseconds(),
            decision.LastAt.ToUnixTimeMilliseconds(),
            decision.Account,
            finding.Reason,
            finding.Scope,
            decision.Value,
            finding.Mode,
            finding.Seen,
            finding.Limit,
            finding.Until,
            decision.Requests,
            decision.Request);
    }

    /// <summary>A preview.</summary>
    public static FraudPreviewBody Of(FraudPreview preview) => new(
        preview.Account,
        preview.From.ToUnixTimeMilliseconds(),
        preview.To.ToUnixTimeMilliseconds(),
        preview.Requests,
        preview.IsCut,
        preview.Refused,
        preview.RefusedVerified,
        preview.SavedSends,
        [.. preview.Rules.Select(rule => new FraudPreviewRuleBody(
            FraudFinding.NameOf(rule.Rule), FraudFinding.NameOf(rule.Mode), rule.Requests, rule.Verified, rule.Sends))]);

    /// <summary>What a rule found.</summary>
    public static FraudFindingBody Of(FraudFinding finding) => new(
        finding.Reason,
        FraudFinding.NameOf(finding.Scope),
        FraudFinding.NameOf(finding.Mode),
        finding.Seen,
        finding.Limit,
        finding.Until?.ToUnixTimeMilliseconds());

    private static void Add<T>(JsonObject body, string name, T? value)
    {
        if (value is not null)
        {
            body[name] = JsonValue.Create(value);
        }
    }
}
