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
    public void Of_two_full_windows_of_sends_the_one_that_frees_later_counts()
    {
        TimeSpan? RetryAfter(long first)
        {
            var state = new GuardState { Sends = [.. Enumerable.Repeat(first, 5), .. Enumerable.Repeat(Now - Minute, 5)] };
            return GuardRules.CheckSends(state, Now, Limits)!.RetryAfter;
        }

        Assert.Equal(TimeSpan.FromHours(4), RetryAfter(Now - (20 * Hour)));
        Assert.Equal(TimeSpan.FromMinutes(9), RetryAfter(Now - (24 * Hour) + Minute));
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

    [Fact]
    public void What_no_window_reaches_any_more_is_forgotten_and_nothing_else()
    {
        const long Day = 24 * Hour;
        var all = new GuardState
        {
            Sends = [Now - Day, Now - Day + 1, Now],
            Messages = [Now - Day, Now - Day + 1, Now],
            Wrong = [new WrongCodes("a", 1, Now - Day), new WrongCodes("b", 2, Now - Day + 1)],
        };

        var kept = GuardRules.Trim(all with { Trusted = all }, Now);

        Assert.All((GuardState[])[kept, kept.Trusted!], state =>
        {
            Assert.Equal([Now - Day + 1, Now], state.Sends);
            Assert.Equal([Now - Day + 1, Now], state.Messages);
            Assert.Equal(["b"], state.Wrong.Select(wrong => wrong.Request));
        });
        var empty = GuardRules.Trim(new GuardState { Sends = default, Messages = default, Wrong = default }, Now);
        Assert.Equal((0, 0, 0), (empty.Sends.Length, empty.Messages.Length, empty.Wrong.Length));
    }

    [Fact]
    public void The_next_call_is_allowed_when_cool_down_and_send_budget_both_allow_it()
    {
        var cooling = new GuardState { LastCall = Now - (10 * Second) };
        var spent = new GuardState { LastCall = Now - (20 * Second), Sends = [.. Enumerable.Repeat(Now - Minute, 5)] };

        Assert.Equal(Now, GuardRules.NextAllowedAt(new GuardState(), Now, Limits));
        Assert.Equal(Now + (20 * Second), GuardRules.NextAllowedAt(cooling, Now, Limits));
        Assert.Equal(Now + (9 * Minute), GuardRules.NextAllowedAt(spent, Now, Limits));
    }

    [Fact]
    public void A_refusal_names_the_number_and_says_which_window_is_full()
    {
        string Why(Problem? problem) => Assert.Single(problem!.Details!["number"]);

        Assert.Equal("was tried less than 30 seconds ago", Why(GuardRules.CheckCoolDown(new GuardState { LastCall = Now }, Now, Limits)));
        Assert.Equal(
            "has had 5 calls or messages in 10 minutes",
            Why(GuardRules.CheckSends(new GuardState { Sends = [.. Enumerable.Repeat(Now - Minute, 5)] }, Now, Limits)));
        Assert.Equal(
            "has had 10 calls or messages in 24 hours",
            Why(GuardRules.CheckSends(new GuardState { Sends = [.. Enumerable.Repeat(Now - Hour, 10)] }, Now, Limits)));
    }

    [Fact]
    public void A_full_window_of_10_minutes_of_messages_frees_when_its_oldest_is_10_minutes_old()
    {
        var limits = new MessageLimits(FraudMode.Observe, 2, 3);
        var state = new GuardState { Messages = [Now - (10 * Minute), Now - (9 * Minute), Now - Minute] };

        var finding = GuardRules.CheckMessages(state with { Messages = state.Messages.RemoveAt(0) }, Now, limits)!;

        Assert.Equal(("2", "2 in 10 minutes", FraudMode.Observe), (finding.Seen, finding.Limit, finding.Mode));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(Now + Minute), finding.Until);
        Assert.Null(GuardRules.CheckMessages(new GuardState { Messages = [Now - (10 * Minute), Now - Minute] }, Now, limits));
    }

    [Fact]
    public void A_send_at_the_edge_of_the_window_of_10_minutes_does_not_count() =>
        Assert.Null(
            GuardRules.CheckSends(new GuardState { Sends = [Now - (10 * Minute), .. Enumerable.Repeat(Now - Minute, 4)] }, Now, Limits));

    [Fact]
    public void Repeating_a_count_of_wrong_codes_does_not_make_it_younger()
    {
        var state = GuardRules.SetWrong(new GuardState(), "a", 3, Now - Hour);

        Assert.Equal(Now - Hour, GuardRules.SetWrong(state, "a", 3, Now).Wrong[0].At);
        Assert.Empty(GuardRules.SetWrong(new GuardState(), "a", 0, Now).Wrong);
    }
}
