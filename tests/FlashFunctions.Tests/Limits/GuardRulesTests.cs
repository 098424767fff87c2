using FlashFunctions.Core.Limits;

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
