using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Tests.Accounts;

/// <summary>How the fraud guard is used where an account does not say otherwise, and where it does.</summary>
public sealed class FraudPolicyTests
{
    [Theory]
    [InlineData(FraudRule.NumberType, FraudMode.Enforce)]
    [InlineData(FraudRule.Country, FraudMode.Enforce)]
    [InlineData(FraudRule.List, FraudMode.Enforce)]
    [InlineData(FraudRule.Messages, FraudMode.Enforce)]
    [InlineData(FraudRule.PrefixConversion, FraudMode.Observe)]
    [InlineData(FraudRule.CountryUnverified, FraudMode.Observe)]
    [InlineData(FraudRule.IpUnverified, FraudMode.Observe)]
    [InlineData(FraudRule.IpCountries, FraudMode.Observe)]
    [InlineData(FraudRule.Sequential, FraudMode.Observe)]
    [InlineData(FraudRule.WrongCodes, FraudMode.Observe)]
    [InlineData(FraudRule.Device, FraudMode.Observe)]
    [InlineData(FraudRule.Upstream, FraudMode.Off)]
    public void What_is_statistical_observes_and_what_is_exact_is_enforced(FraudRule rule, FraudMode mode)
    {
        Assert.Equal(mode, FraudPolicy.Default.ModeOf(rule));
        Assert.Equal((FraudAction.Refuse, null), (FraudPolicy.Default.ActionOf(rule), FraudPolicy.Default.LimitOf(rule)));
        foreach (var scope in Enum.GetValues<FraudScope>())
        {
            // Wrong codes of an address are enforced.
            var expected = (rule, scope) == (FraudRule.WrongCodes, FraudScope.Ip) ? FraudMode.Enforce : mode;
            Assert.Equal(expected, FraudPolicy.Default.ModeOf(rule, scope));
        }
    }

    [Fact]
    public void What_an_account_says_of_a_rule_counts_for_that_rule_alone()
    {
        var all = Enum.GetValues<FraudRule>();
        foreach (var (rule, other) in from rule in all from other in all select (rule, other))
        {
            var policy = Of(rule, new FraudRulePolicy(FraudMode.Off, FraudAction.CallOnly, 7));
            var isIt = rule == other;

            Assert.Equal(isIt ? FraudMode.Off : FraudPolicy.Default.ModeOf(other), policy.ModeOf(other));
            Assert.Equal(isIt ? FraudMode.Off : FraudPolicy.Default.ModeOf(other, FraudScope.Ip), policy.ModeOf(other, FraudScope.Ip));
            Assert.Equal(isIt ? FraudAction.CallOnly : FraudAction.Refuse, policy.ActionOf(other));
            Assert.Equal(isIt ? 7 : null, policy.LimitOf(other));
        }
    }

    [Fact]
    public void A_limit_alone_leaves_the_mode_as_it_is()
    {
        var policy = Of(FraudRule.WrongCodes, new FraudRulePolicy(Limit: 7));

        Assert.Equal(FraudMode.Observe, policy.ModeOf(FraudRule.WrongCodes));
        Assert.Equal(FraudMode.Enforce, policy.ModeOf(FraudRule.WrongCodes, FraudScope.Ip));
    }

    private static FraudPolicy Of(FraudRule rule, FraudRulePolicy of) => new()
    {
        ByRule = new Dictionary<string, FraudRulePolicy>(StringComparer.Ordinal) { [FraudFinding.NameOf(rule)] = of },
    };
}
