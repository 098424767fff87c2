using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Tests.Limits;

/// <summary>How long a block lasts, and of which requests it is.</summary>
public sealed class FraudBlocksTests
{
    internal static readonly DateTimeOffset Now = new(2026, 5, 20, 12, 30, 0, TimeSpan.Zero);
    private static readonly FraudCandidate Found = new(
        FraudRule.Device, new FraudScopeKey(FraudScope.Device, "shop", "0123456789abcdef"), "seen", "limit");

    [Fact]
    public void A_block_says_what_was_found_and_lasts_15_minutes() => Assert.Equal(
        new FraudBlock
        {
            Id = "id",
            Account = "shop",
            Rule = FraudRule.Device,
            Scope = FraudScope.Device,
            Value = "0123456789abcdef",
            Shown = "01234567…",
            Mode = FraudMode.Enforce,
            Seen = "seen",
            Limit = "limit",
            CreatedAt = Now,
            Until = Now.AddMinutes(15),
        },
        Next(null, Now));

    [Fact]
    public void Blocks_grow_when_they_repeat_within_a_day_to_a_day_at_most()
    {
        var block = Next(null, Now);
        foreach (var (hours, repeats) in (ReadOnlySpan<(int, int)>)[(1, 1), (6, 2), (24, 3), (24, 3)])
        {
            var begin = block.Until.AddDays(1).AddTicks(-1);
            block = Next(block, begin);
            Assert.Equal((TimeSpan.FromHours(hours), repeats), (block.Until - begin, block.Repeats));
        }
    }

    [Fact]
    public void A_block_that_ended_a_day_ago_or_was_lifted_does_not_make_the_next_one_longer()
    {
        var block = Next(Next(null, Now), Now.AddMinutes(15));

        Assert.Equal(0, Next(block, block.Until.AddDays(1)).Repeats);
        Assert.Equal(0, Next(block with { Until = Now, WasLifted = true }, Now).Repeats);
    }

    [Fact]
    public void A_block_that_lasts_is_not_made_again_and_takes_over_whether_its_rule_is_enforced()
    {
        var block = Next(null, Now);
        var last = block.Until.AddTicks(-1);

        Assert.Same(block, Next(block, last));
        Assert.Equal(block with { Mode = FraudMode.Observe }, FraudBlock.Raise(block, "id", Found, FraudMode.Observe, last));
        Assert.NotSame(block, Next(block, block.Until));
    }

    [Fact]
    public void A_block_counts_until_its_end_and_is_remembered_for_a_day()
    {
        var block = Next(null, Now);

        Assert.Equal((true, false), (block.IsActive(block.Until.AddTicks(-1)), block.IsActive(block.Until)));
        Assert.Equal((false, true), (block.IsPast(block.Until.AddDays(1).AddTicks(-1)), block.IsPast(block.Until.AddDays(1))));
    }

    [Fact]
    public void What_led_to_a_block_does_not_count_after_it_nor_in_the_minute_in_which_it_was_lifted()
    {
        var block = Next(null, Now);

        Assert.Equal(block.Until, block.CountsFrom);
        Assert.Equal(Now.AddMinutes(1), (block with { Until = Now, WasLifted = true }).CountsFrom);
    }

    [Theory]
    [InlineData(FraudScope.Prefix, "+3725300", true)]
    [InlineData(FraudScope.Prefix, "+3725301", false)]
    [InlineData(FraudScope.Country, "EE", true)]
    [InlineData(FraudScope.Country, "LV", false)]
    [InlineData(FraudScope.Account, "shop", true)]
    [InlineData(FraudScope.Account, "other", false)]
    [InlineData(FraudScope.Device, "device", false)]
    [InlineData(FraudScope.Number, "EE", false)]
    [InlineData(FraudScope.Ip, "EE", false)]
    public void An_operators_block_is_of_requests_of_its_scope(FraudScope scope, string value, bool matches) =>
        Assert.Equal(matches, Operators(scope, value).Matches(FraudSubjectTests.Subject("+37253001234", "192.0.2.7", "device")));

    [Fact]
    public void An_operators_block_of_a_number_or_an_address_knows_it_by_its_hash()
    {
        var subject = FraudSubjectTests.Subject("+37253001234", "192.0.2.7");
        string Network(string ip, int index) => FraudSubject.HashOf(FraudSubjectTests.Key, FraudSubject.Networks(ip)[index]);
        string Number(string number) => FraudSubject.HashOf(FraudSubjectTests.Key, PhoneNumber.Parse(number, null));

        Assert.True(Operators(FraudScope.Number, Number("+37253001234")).Matches(subject));
        Assert.False(Operators(FraudScope.Number, Number("+37253001235")).Matches(subject));
        Assert.True(Operators(FraudScope.Ip, Network("192.0.2.7", 0)).Matches(subject));
        Assert.True(Operators(FraudScope.Ip, Network("192.0.2.99", 1)).Matches(subject));
        Assert.False(Operators(FraudScope.Ip, Network("192.0.2.99", 0)).Matches(subject));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("shop", true)]
    [InlineData("other", false)]
    public void An_operators_block_is_of_its_account_or_of_all(string? account, bool matches) =>
        Assert.Equal(
            matches,
            (Operators(FraudScope.Country, "EE") with { Account = account }).Matches(FraudSubjectTests.Subject("+37253001234")));

    [Fact]
    public void A_set_of_blocks_finds_a_rules_block_by_its_scope_and_operators_blocks_by_the_request()
    {
        var (block, lasting, ended) = (
            Next(null, Now), Operators(FraudScope.Country, "EE"), Operators(FraudScope.Prefix, "+372") with { Until = Now });
        var set = new FraudBlockSet([block, lasting, ended, Operators(FraudScope.Country, "LV")]);
        var subject = FraudSubjectTests.Subject("+37253001234");

        Assert.Same(block, set.Of(FraudRule.Device, Found.Key));
        Assert.Null(set.Of(FraudRule.Sequential, Found.Key));
        Assert.Null(set.Of(FraudRule.Device, Found.Key with { Account = "other" }));
        Assert.Null(set.Of(FraudRule.Device, Found.Key with { Value = "other" }));
        Assert.Equal([lasting], set.OfOperators(subject, Now));
        Assert.Equal((false, true), (block.IsOperators, lasting.IsOperators));
        Assert.Equal(4, set.All.Count);
    }

    private static FraudBlock Next(FraudBlock? before, DateTimeOffset now) =>
        FraudBlock.Raise(before, "id", Found, FraudMode.Enforce, now);

    /// <summary>What an operator blocks for an hour.</summary>
    internal static FraudBlock Operators(FraudScope scope, string value) => new()
    {
        Id = "id",
        Rule = FraudRule.List,
        Scope = scope,
        Value = value,
        Shown = value,
        Mode = FraudMode.Enforce,
        Seen = "",
        Limit = "",
        CreatedAt = Now,
        Until = Now.AddHours(1),
    };
}
