using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Reads an account's settings of the fraud guard: by rule <c>mode</c>, <c>action</c> and <c>limit</c>, and <c>countries</c> by method.
/// </summary>
public static class FraudInput
{
    private const string Countries = "countries";
    private const string WhenUnavailable = "whenUnavailable";
    private const int HighestLimit = 1_000_000;
    private const int MostCountries = 250;

    private static readonly FrozenDictionary<string, FraudMode> Modes = NamesOf<FraudMode>();

    private static readonly FrozenDictionary<string, FraudAction> Actions = new Dictionary<string, FraudAction>(StringComparer.Ordinal)
    {
        ["refuse"] = FraudAction.Refuse,
        ["callOnly"] = FraudAction.CallOnly,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, bool> Refusals =
        new Dictionary<string, bool>(
            StringComparer.Ordinal)
        { ["allow"] = false, ["refuse"] = true }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The methods that countries are allowed by.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        [
            .. new[] { Channel.Call, Channel.Sms, Channel.Voice, Channel.Push, Channel.Viber, Channel.Rcs, Channel.Speech }.Select(
                ApiNames.Of),
        ];

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
                rules[rule.Key] = ReadRule(of, rule.Value == FraudRule.Messages ? FraudOptions.MostMessages : HighestLimit);
                refusesWhenUnavailable |= rule.Value == FraudRule.Upstream && of.OneOf(WhenUnavailable, Refusals) == true;
                string[] known = ["mode", "action", "limit", .. rule.Value == FraudRule.Upstream ? (string[])[WhenUnavailable] : []];
                of.RefuseOthers(known.ToHashSet(StringComparer.Ordinal));
                fraud.TakeErrors(rule.Key, of);
            }
        }

        var countries = ReadCountries(fraud);
        fraud.RefuseOthers(FraudPolicy.Rules.Keys.Append(Countries).ToHashSet(StringComparer.Ordinal));
        fields.TakeErrors(name, fraud);
        return new FraudPolicy { ByRule = rules, Countries = countries, RefusesWhenUnavailable = refusesWhenUnavailable };
    }

    /// <summary>The API's name of an action.</summary>
    public static string NameOf(FraudAction action) => Actions.First(pair => pair.Value == action).Key;

    private static FraudRulePolicy ReadRule(Fields rule, int highest) =>
        new(rule.OneOf("mode", Modes), rule.OneOf("action", Actions), rule.Integer("limit", 1, highest));

    private static Dictionary<string, IReadOnlyList<string>> ReadCountries(Fields fraud)
    {
        var countries = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (fraud.Object(Countries) is not { } byMethod)
        {
            return countries;
        }

        foreach (var method in Methods.Where(byMethod.Has))
        {
            var list = byMethod.Texts(method, MostCountries, 3) ?? [];
            for (var index = 0; index < list.Count; index++)
            {
                if (list[index] is not { Length: 2 } country || !country.All(char.IsAsciiLetterUpper))
                {
                    byMethod.Wrong($"{method}[{index}]", "must be a country of two capital letters");
                }
            }

            countries[method] = list;
        }

        byMethod.RefuseOthers(Methods.ToHashSet(StringComparer.Ordinal));
        fraud.TakeErrors(Countries, byMethod);
        return countries;
    }

    private static FrozenDictionary<string, T> NamesOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().ToFrozenDictionary(FraudFinding.NameOf, value => value, StringComparer.Ordinal);
}
