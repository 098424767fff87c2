using System.Collections.Frozen;

namespace FlashFunctions.Core.Accounts;

/// <summary>What an account says of one rule of the fraud guard; null leaves it at its default.</summary>
/// <param name="Action">What it does where it is enforced.</param>
/// <param name="Limit">Its limit, for rules that count: 1 to 1,000,000.</param>
public sealed record FraudRulePolicy(FraudMode? Mode = null, FraudAction? Action = null, int? Limit = null);

/// <summary>The fraud guard as an account has it. What is not in it is at its default.</summary>
public sealed record FraudPolicy
{
    public static FraudPolicy Default { get; } = new();

    public static FrozenDictionary<string, FraudRule> Rules { get; } = ApiNames.ByName<FraudRule>();

    /// <summary>By the rule's name in the API.</summary>
    public IReadOnlyDictionary<string, FraudRulePolicy> ByRule { get; init; } = new Dictionary<string, FraudRulePolicy>(
        StringComparer.Ordinal);

    /// <summary>
    /// The countries (ISO 3166-1 alpha-2) that may be sent to, by method (call, sms, voice, push, viber, rcs, speech); a method that is not
    /// in it may be sent everywhere.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Countries { get; init; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>Whether a number is refused that the provider's fraud check cannot judge at present.</summary>
    public bool RefusesWhenUnavailable { get; init; }

    public FraudMode ModeOf(FraudRule rule) => Of(rule)?.Mode ?? rule switch
    {
        FraudRule.NumberType or FraudRule.Country or FraudRule.List or FraudRule.Messages => FraudMode.Enforce,
        FraudRule.Upstream => FraudMode.Off,
        _ => FraudMode.Observe,
    };

    /// <summary>
    /// Whether a rule is used in a scope: wrong codes are enforced by IP address where the account does not say otherwise, and observed by
    /// prefix and account.
    /// </summary>
    public FraudMode ModeOf(FraudRule rule, FraudScope scope) =>
        rule == FraudRule.WrongCodes && scope == FraudScope.Ip && Of(rule)?.Mode is null ? FraudMode.Enforce : ModeOf(rule);

    public FraudAction ActionOf(FraudRule rule) => Of(rule)?.Action ?? FraudAction.Refuse;

    /// <summary>The limit that the account set for a rule; null: the default.</summary>
    public int? LimitOf(FraudRule rule) => Of(rule)?.Limit;

    private FraudRulePolicy? Of(FraudRule rule) => ByRule.GetValueOrDefault(FraudFinding.NameOf(rule));
}
