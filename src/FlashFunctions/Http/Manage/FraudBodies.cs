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
