using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Tests.Limits;

public sealed class GuardRulesTests
{
    private const long Second = 1_000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;
    private const long Now = 1_795_000_000_000;
    private static readonly GuardOptions Limits = new();

    [Theory]
    [InlineData(29_999, true)]
    [InlineData(30_000, false)]
    public void Verify_and_next_are_at_least_30_seconds_apart(long since, bool refused)
    {
        var problem = GuardRules.CheckCoolDown(new GuardState { LastCall = Now - since }, Now, Limits);

        Assert.Equal(refused, problem is not null);
        Assert.Equal(refused ? TimeSpan.FromMilliseconds(1) : null, problem?.RetryAfter);
    }

    [Fact]
    public void The_sixth_send_in_10_minutes_waits_until_the_first_is_10_minutes_old()
    {
        var state =
            new GuardState { Sends = [Now - (9 * Minute), Now - (4 * Minute), Now - (3 * Minute), Now - (2 * Minute), Now - Minute] };

        Assert.Equal(TimeSpan.FromMinutes(1), GuardRules.CheckSends(state, Now, Limits)!.RetryAfter);
        Assert.Equal(4, GuardRules.CheckSends(state, Now, Limits)!.ErrorCode);
        Assert.Null(GuardRules.CheckSends(state, Now + Minute, Limits));
    }

    [Fact]
    public void The_eleventh_send_in_a_day_waits_until_the_first_is_a_day_old()
    {
        var state = new GuardState { Sends = [.. Enumerable.Range(0, 10).Select(hour => Now - (20 * Hour) + (hour * Hour))] };

        Assert.Equal(TimeSpan.FromHours(4), GuardRules.CheckSends(state, Now, Limits)!.RetryAfter);
        Assert.Null(GuardRules.CheckSends(GuardRules.Trim(state, Now + (4 * Hour)), Now + (4 * Hour), Limits));
    }

    [Fact]
    public void Of_two_full_windows_of_messages_the_one_that_frees_later_counts()
    {
        var limits = new MessageLimits(FraudMode.Enforce, 2, 3);
        var state = new GuardState { Messages = [Now - (20 * Hour), Now - (2 * Minute), Now - Minute] };

        var finding = GuardRules.CheckMessages(state, Now, limits)!;

        Assert.Equal(("3", "3 in 24 hours"), (finding.Seen, finding.Limit));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Now + (4 * Hour)), finding.Until);
        Assert.Null(GuardRules.CheckMessages(new GuardState { Messages = [Now - (20 * Hour), Now - Minute] }, Now, limits));
    }

    [Fact]
    public void No_more_messages_are_remembered_than_the_greatest_limit_needs()
    {
        var state = Enumerable.Range(0, 1_200).Aggregate(new GuardState(), (current, at) => GuardRules.AddMessage(current, Now + at));

        Assert.Equal((1_000, Now + 200, Now + 1_199), (state.Messages.Length, state.Messages[0], state.Messages[^1]));
    }

    [Theory]
    [InlineData(null, 5, 20)]
    [InlineData(1, 1, 4)]
    [InlineData(7, 7, 28)]
    [InlineData(1_000, 1_000, 1_000)]
    public void An_accounts_limit_of_messages_takes_the_limit_of_a_day_with_it(int? limit, int perTenMinutes, int perDay)
    {
        var policy = new FraudPolicy { ByRule = new Dictionary<string, FraudRulePolicy> { ["messages"] = new(Limit: limit) } };

        Assert.Equal(new MessageLimits(FraudMode.Enforce, perTenMinutes, perDay), new FraudOptions().MessageLimits(policy));
    }

    [Fact]
    public void Ten_wrong_codes_block_a_number_until_enough_are_a_day_old()
    {
        var state = new GuardState { Wrong = [new WrongCodes("a", 5, Now - (2 * Hour)), new WrongCodes("b", 5, Now - Hour)] };

        var problem = GuardRules.CheckWrongCodes(state, Now, Limits)!;

        Assert.Equal(22, problem.ErrorCode);
        Assert.Equal(TimeSpan.FromHours(22), problem.RetryAfter);
        Assert.Null(GuardRules.CheckWrongCodes(GuardRules.Trim(state, Now + (22 * Hour)), Now + (22 * Hour), Limits));
    }

    [Fact]
    public void A_request_counts_its_wrong_codes_once_however_often_they_are_told()
    {
        var state = GuardRules.SetWrong(GuardRules.SetWrong(new GuardState(), "a", 3, Now), "a", 3, Now);

        Assert.Equal(3, GuardRules.WrongCount(state));
        Assert.Equal(3, GuardRules.WrongCount(GuardRules.SetWrong(state, "a", 2, Now)));
        Assert.Equal(4, GuardRules.WrongCount(GuardRules.SetWrong(state, "a", 4, Now)));
    }

    [Fact]
    public void A_send_that_was_not_placed_is_taken_back_once() =>
        Assert.Equal([Now], GuardRules.RemoveSend(GuardRules.AddSend(GuardRules.AddSend(new GuardState(), Now), Now), Now).Sends);
}
