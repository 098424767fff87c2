using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Numbers;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Reads an account's settings of the fraud guard: by rule <c>mode</c>, <c>action</c> and <c>limit</c>, and <c>countries</c> by method.
/// </summary>
public static class FraudInput
{
    /// <summary>What a country must be: UK, for one, is none, since its numbers are GB's.</summary>
    public const string CountryRule = "must be a country with numbers, by two capital letters, or 001 for numbers of none";

    private const string Countries = "countries";
    private const string WhenUnavailable = "whenUnavailable";
    private const int HighestLimit = 1_000_000;
    private const int MostCountries = 250;

    private static readonly FrozenDictionary<string, FraudMode> Modes = ApiNames.ByName<FraudMode>();

    private static readonly Dictionary<string, FraudAction> Actions =
        new(StringComparer.Ordinal) { ["refuse"] = FraudAction.Refuse, ["callOnly"] = FraudAction.CallOnly };

    private static readonly Dictionary<string, bool> Refusals = new(StringComparer.Ordinal) { ["allow"] = false, ["refuse"] = true };

    /// <summary>The settings in a field; null where it is absent, null or wrong, which the fields say.</summary>
    public static FraudPolicy? Read(Fields fields, string name)
    {
        if (fields.Object(name) is not { } fraud)
        {
            return null;
        }

        var rules = new Dictionary<string, FraudRulePolicy>(StringComparer.Ordinal);
        var refusesWhenUnavailable = false;
        foreach (var rule in FraudPolicy.Rules.Where(rule => fraud.Has(rule.Key)))
        {
            if (fraud.Object(rule.Key) is { } of)
            {
                var highest = rule.Value == FraudRule.Messages ? FraudOptions.MostMessages : HighestLimit;
                rules[rule.Key] = new FraudRulePolicy(
                    of.OneOf("mode", Modes), of.OneOf("action", Actions), of.Integer("limit", 1, highest));
                refusesWhenUnavailable |= rule.Value == FraudRule.Upstream && of.OneOf(WhenUnavailable, Refusals) == true;
                of.RefuseOthers(["mode", "action", "limit", .. rule.Value == FraudRule.Upstream ? (string[])[WhenUnavailable] : []]);
                fraud.TakeErrors(rule.Key, of);
            }
        }

        var countries = ReadCountries(fraud);
        fraud.RefuseOthers(FraudPolicy.Rules.Keys.Append(Countries));
        fields.TakeErrors(name, fraud);
        return new FraudPolicy { ByRule = rules, Countries = countries, RefusesWhenUnavailable = refusesWhenUnavailable };
    }

    public static string NameOf(FraudAction action) => Actions.First(pair => pair.Value == action).Key;

    private static Dictionary<string, IReadOnlyList<string>> ReadCountries(Fields fraud)
    {
        var countries = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (fraud.Object(Countries) is not { } byMethod)
        {
            return countries;
        }

        foreach (var method in ApiNames.Methods.Where(byMethod.Has))
        {
            var list = byMethod.Texts(method, MostCountries, 3) ?? [];
            for (var index = 0; index < list.Count; index++)
            {
                if (!NumberPlan.Instance.IsCountry(list[index]))
                {
                    byMethod.Wrong($"{method}[{index}]", CountryRule);
                }
            }

            countries[method] = list;
        }

        byMethod.RefuseOthers(ApiNames.Methods);
        fraud.TakeErrors(Countries, byMethod);
        return countries;
    }
}
