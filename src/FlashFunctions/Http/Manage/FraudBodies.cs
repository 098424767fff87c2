using System.Text.Json.Nodes;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Operations;

namespace FlashFunctions.Http.Manage;

/// <summary>What a rule of the fraud guard found.</summary>
internal readonly struct FraudFindingBody(FraudFinding finding)
{
    public string Reason => finding.Reason;
    public string Scope => FraudFinding.NameOf(finding.Scope);
    public string Mode => FraudFinding.NameOf(finding.Mode);
    public string Seen => finding.Seen;
    public string Limit => finding.Limit;
    public long? Until => finding.Until?.ToUnixTimeMilliseconds();
}

/// <summary>An entry of a list.</summary>
internal readonly struct FraudListEntryBody(FraudListEntry entry)
{
    public string Id => entry.Id;
    public string List => entry.Allows ? "allow" : "block";
    public string Scope => FraudFinding.NameOf(entry.Scope);
    public string Value => entry.Value;
    public string? Account => entry.Account;
    public long? Until => entry.Until?.ToUnixTimeMilliseconds();
    public string? Note => entry.Note;
    public long CreatedAt => entry.CreatedAt.ToUnixTimeMilliseconds();
}

/// <summary>A page of a list, the newest first.</summary>
internal sealed record FraudListBody(IEnumerable<FraudListEntryBody> Entries, string? Next) : PageBody(Next)
{
    public static FraudListBody Of(Page<FraudListEntry> page) => new(page.Items.Select(entry => new FraudListEntryBody(entry)), page.Next);
}

/// <summary>A block; without an account it is for every one.</summary>
internal readonly struct FraudBlockBody(FraudBlock block)
{
    public string Id => block.Id;
    public string? Account => block.Account;
    public string Reason => FraudFinding.NameOf(block.Rule);
    public string Scope => FraudFinding.NameOf(block.Scope);
    public string Value => block.Shown;
    public string Seen => block.Seen;
    public string Limit => block.Limit;
    public long CreatedAt => block.CreatedAt.ToUnixTimeMilliseconds();
    public long Until => block.Until.ToUnixTimeMilliseconds();
    public int Repeats => block.Repeats;
    public string? Note => block.Note;
}

/// <summary>A page of the blocks that count, the newest first.</summary>
internal sealed record FraudBlocksBody(IEnumerable<FraudBlockBody> Blocks, string? Next) : PageBody(Next)
{
    public static FraudBlocksBody Of(Page<FraudBlock> page) => new(page.Items.Select(block => new FraudBlockBody(block)), page.Next);
}

/// <summary>What a rule decided, for as many requests as it decided the same within an hour.</summary>
internal readonly struct FraudDecisionBody(LoggedDecision logged)
{
    private FraudDecision Decision => logged.Decision;

    private FraudFindingBody Finding => new(logged.Decision.Finding);

    public string Id => logged.Id;
    public long At => Decision.At.ToUnixTimeMilliseconds();
    public long LastAt => Decision.LastAt.ToUnixTimeMilliseconds();
    public string Account => Decision.Account;
    public string Reason => Finding.Reason;
    public string Scope => Finding.Scope;
    public string Value => Decision.Value;
    public string Mode => Finding.Mode;
    public string Seen => Finding.Seen;
    public string Limit => Finding.Limit;
    public long? Until => Finding.Until;
    public long Requests => Decision.Requests;
    public string? RequestId => Decision.Request;
}

/// <summary>A page of the log of decisions, the latest first.</summary>
internal sealed record FraudDecisionsBody(IEnumerable<FraudDecisionBody> Decisions, string? Next) : PageBody(Next)
{
    public static FraudDecisionsBody Of(Page<LoggedDecision> page) =>
        new(page.Items.Select(decision => new FraudDecisionBody(decision)), page.Next);
}

/// <summary>What the fraud guard would have done under other settings.</summary>
internal readonly struct FraudPreviewBody(FraudPreview preview)
{
    public string Account => preview.Account;
    public long From => preview.From.ToUnixTimeMilliseconds();
    public long To => preview.To.ToUnixTimeMilliseconds();
    public int Requests => preview.Requests;
    public bool Truncated => preview.IsCut;
    public int Refused => preview.Refused;
    public int RefusedVerified => preview.RefusedVerified;
    public int SavedSends => preview.SavedSends;

    public IEnumerable<FraudPreviewRuleBody> Rules => preview.Rules.Select(rule => new FraudPreviewRuleBody(
        FraudFinding.NameOf(rule.Rule), FraudFinding.NameOf(rule.Mode), rule.Requests, rule.Verified, rule.Sends));
}

/// <summary>What a rule would have done.</summary>
internal sealed record FraudPreviewRuleBody(string Reason, string Mode, int Requests, int Verified, int Sends);

/// <summary>The fraud guard's settings as operators see them.</summary>
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
            body["countries"] = new JsonObject(policy.Countries.OrderBy(method => method.Key, StringComparer.Ordinal).Select(
                method => KeyValuePair.Create<string, JsonNode?>(
                    method.Key, new JsonArray([.. method.Value.Select(country => JsonValue.Create(country))]))));
        }

        return body;
    }

    private static void Add<T>(JsonObject body, string name, T? value)
    {
        if (value is not null)
        {
            body[name] = JsonValue.Create(value);
        }
    }
}
