using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using static FlashFunctions.Tests.Limits.CountSamples;

namespace FlashFunctions.Tests.Limits;

/// <summary>Where each rule that counts looks, over which time, and what the account's policy changes.</summary>
public sealed class FraudFindingTests
{
    private static readonly FraudSubject Subject = FraudSubjectTests.Subject("+37253001234", "192.0.2.7", "device");

    public static TheoryData<FraudRule, FraudScope> RulesAndScopes { get; } = new(
        FraudRules.Places(Subject).Select(place => (place.Rule, place.Key.Scope)).Distinct());

    [Theory]
    [MemberData(nameof(RulesAndScopes))]
    public void A_rule_is_met_where_it_looks_and_nowhere_else(FraudRule rule, FraudScope scope)
    {
        foreach (var place in FraudRules.Places(Subject).Where(place => place.Rule == rule && place.Key.Scope == scope))
        {
            Assert.Equal([place], Found(rule, place.Key, minutesAgo: 10));
        }
    }

    [Theory]
    [MemberData(nameof(RulesAndScopes))]
    public void A_rule_that_is_off_finds_nothing(FraudRule rule, FraudScope scope) =>
        Assert.Empty(Found(rule, PlaceOf(rule, scope), minutesAgo: 10, Policy(rule, new FraudRulePolicy(FraudMode.Off))));

    [Theory]
    [MemberData(nameof(RulesAndScopes))]
    public void What_was_counted_before_a_block_ended_does_not_count_again(FraudRule rule, FraudScope scope)
    {
        var key = PlaceOf(rule, scope);

        Assert.Equal([(rule, key)], Found(rule, key, minutesAgo: 10, ended: Now.AddMinutes(-10)));
        Assert.Empty(Found(rule, key, minutesAgo: 10, ended: Now.AddMinutes(-9)));
    }

    [Theory]
    [MemberData(nameof(RulesAndScopes))]
    public void A_rule_looks_back_over_an_hour_or_a_day(FraudRule rule, FraudScope scope)
    {
        var key = PlaceOf(rule, scope);
        var window = rule is FraudRule.Sequential or FraudRule.WrongCodes or FraudRule.CountryUnverified ? 60 : 1_440;

        Assert.Equal([(rule, key)], Found(rule, key, minutesAgo: window));
        Assert.Empty(Found(rule, key, minutesAgo: window + 1));
    }

    [Theory]
    [MemberData(nameof(RulesAndScopes))]
    public void A_rule_that_waits_for_mature_sends_leaves_the_last_minute_out_and_any_other_does_not(FraudRule rule, FraudScope scope)
    {
        var key = PlaceOf(rule, scope);
        var waits = rule is FraudRule.PrefixConversion or FraudRule.CountryUnverified or FraudRule.IpUnverified;

        Assert.Equal([(rule, key)], Found(rule, key, minutesAgo: waits ? 2 : 0));
        Assert.Equal(waits ? [] : [(rule, key)], Found(rule, key, minutesAgo: 1));
    }

    [Theory]
    [InlineData(FraudRule.PrefixConversion, FraudScope.Prefix, 27)]
    [InlineData(FraudRule.CountryUnverified, FraudScope.Country, 1_000)]
    [InlineData(FraudRule.IpUnverified, FraudScope.Ip, 1_000)]
    [InlineData(FraudRule.IpCountries, FraudScope.Ip, 4)]
    [InlineData(FraudRule.Sequential, FraudScope.Prefix, 6)]
    [InlineData(FraudRule.WrongCodes, FraudScope.Ip, 31)]
    [InlineData(FraudRule.WrongCodes, FraudScope.Account, 28)]
    [InlineData(FraudRule.Device, FraudScope.Device, 6)]
    public void An_accounts_limit_takes_the_place_of_the_rules_own(FraudRule rule, FraudScope scope, int limit)
    {
        // A limit above what is counted, where the rule's own would be met.
        Assert.Empty(Found(rule, PlaceOf(rule, scope), minutesAgo: 10, Policy(rule, new FraudRulePolicy(Limit: limit))));
        Assert.NotEmpty(Found(rule, PlaceOf(rule, scope), minutesAgo: 10));
    }

    [Fact]
    public void A_verified_send_of_this_minute_clears_an_address_of_many_countries()
    {
        var key = PlaceOf(FraudRule.IpCountries, FraudScope.Ip);
        var counts = With(Marks("EE", "LV", "LT"), Slot(0, 1, 1));

        Assert.Empty(Found(key, counts, FraudPolicy.Default, null));
    }

    [Fact]
    public void The_more_prefixes_an_account_sends_to_the_more_sends_a_prefix_may_have()
    {
        // Of 30 prefixes, 36 sends.
        var prefixes = FraudCounts.None with
        {
            Prefixes = PrefixSketch.Of(Enumerable.Range(0, 30).Select(prefix => $"+3725{prefix:D2}"), Minute / 1_440),
        };
        var key = PlaceOf(FraudRule.PrefixConversion, FraudScope.Prefix);

        Assert.Equal((false, true), (IsMet(35), IsMet(37)));

        bool IsMet(long sends) => FraudRules.Find(
            FraudPolicy.Default,
            Subject,
            asked => asked == key ? Sends(sends) : asked == Subject.OfAccount ? prefixes : FraudCounts.None,
            (_, _) => null,
            Now).Any();
    }

    private static FraudScopeKey PlaceOf(FraudRule rule, FraudScope scope) =>
        FraudRules.Places(Subject).First(place => place.Rule == rule && place.Key.Scope == scope).Key;

    private static FraudPolicy Policy(FraudRule rule, FraudRulePolicy of) => new()
    {
        ByRule = new Dictionary<string, FraudRulePolicy>(StringComparer.Ordinal) { [FraudFinding.NameOf(rule)] = of },
    };

    /// <summary>What is found where so much was counted in one scope, so long ago, that the rule is met there and no other is.</summary>
    private static (FraudRule Rule, FraudScopeKey Key)[] Found(
        FraudRule rule, FraudScopeKey key, int minutesAgo, FraudPolicy? policy = null, DateTimeOffset? ended = null)
    {
        FraudCounts counts = rule switch
        {
            FraudRule.PrefixConversion => new() { Slots = [Slot(minutesAgo, 26)] },
            FraudRule.CountryUnverified => new() { Slots = [Slot(minutesAgo, 58)] },
            FraudRule.IpUnverified => new() { Slots = [Slot(minutesAgo, 92)] },
            FraudRule.IpCountries => Marked("EE", "LV", "LT"),
            FraudRule.Sequential => Marked([.. Enumerable.Range(1, 5).Select(step => Subject.Mark(-step)!)]),
            FraudRule.Device => Marked("1", "2", "3", "4", "5"),
            FraudRule.WrongCodes => new() { Slots = [new FraudSlot { Start = Minute - minutesAgo, Checks = 30, Wrong = 30 }] },
            _ => throw new ArgumentOutOfRangeException(nameof(rule)),
        };
        return Found(key, counts, policy ?? FraudPolicy.Default, ended);

        FraudCounts Marked(params string[] values) =>
            new() { Marks = [.. values.Select(value => new FraudMark(value, Minute - minutesAgo))] };
    }

    private static (FraudRule Rule, FraudScopeKey Key)[] Found(
        FraudScopeKey key, FraudCounts counts, FraudPolicy policy, DateTimeOffset? ended) =>
        [
            .. FraudRules.Find(policy, Subject, asked => asked == key ? counts : FraudCounts.None, (_, _) => ended, Now)
                .Select(found => (found.Rule, found.Key)),
        ];
}
