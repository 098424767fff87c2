using FlashFunctions.Core.Providers;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>For each pair of verification steps: when the second one starts, how often, and when never.</summary>
public sealed class VerificationPairTests(PairService pair) : IClassFixture<PairService>
{
    private static readonly string[] Methods = ["call", "sms", "voice"];

    private readonly PairRun _run = new(pair);

    public static TheoryData<string, string> Pairs => PairRun.PairsOf(Methods);

    public static TheoryData<string, string, int> PairsAround => PairRun.PairsAround(Methods);

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Fails_at_once_the_second_starts_at_once(string first, string second)
    {
        _run.First.Answer = new PlaceOutcome.NotSent("down");

        await _run.VerifyAsync(first, second);

        Assert.Equal((1, 1), (_run.FirstPlaced.Count, _run.SecondPlaced.Count));
        AssertSameCode();
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Never_answers_the_second_starts_when_the_wait_has_passed(string first, string second)
    {
        _run.First.Answer = new PlaceOutcome.Unclear("no answer");
        await _run.VerifyAsync(first, second);

        await _run.Service.PassAsync(PairRun.Wait - PairRun.Moment);
        Assert.Empty(_run.SecondPlaced);
        await _run.Service.PassAsync(PairRun.Moment);

        Assert.Single(_run.SecondPlaced);
        AssertSameCode();
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Undelivered_the_second_starts_at_once_and_not_again(string first, string second)
    {
        await _run.VerifyAsync(first, second);
        await _run.ReportAsync("UNDELIVERED");
        await _run.ReportAsync("REJECTED");

        await _run.Service.PumpAsync();

        Assert.Single(_run.SecondPlaced);
        AssertSameCode();
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Delivered_but_unverified_the_second_starts_when_the_wait_has_passed(string first, string second)
    {
        await _run.VerifyAsync(first, second);
        await _run.ReportAsync("DELIVERED");

        await _run.Service.PassAsync(PairRun.Wait - PairRun.Moment);
        Assert.Empty(_run.SecondPlaced);
        await _run.Service.PassAsync(PairRun.Moment);

        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Delivered_is_enough_where_the_step_says_so(string first, string second)
    {
        await _run.VerifyAsync(first, second, condition: "delivered");
        await _run.ReportAsync("DELIVERED");

        await _run.AssertNothingMoreAsync(1, 0);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Not_delivered_is_not_enough_where_the_step_says_so(string first, string second)
    {
        await _run.VerifyAsync(first, second, condition: "delivered");
        await _run.ReportAsync("SENT");

        await _run.Service.PassAsync(PairRun.Wait);

        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Verified_around_the_moment_the_second_never_starts(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        Assert.Equal("VERIFIED", (await _run.CheckAsync()).Text("status"));

        await _run.AssertNothingMoreAsync(1, 0);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Canceled_around_the_moment_the_second_never_starts(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        Assert.Equal(200, (await _run.Service.CancelAsync(_run.Id)).Status);

        await _run.AssertNothingMoreAsync(1, 0);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Waited_for_until_around_the_expiry_the_second_starts_before_it_alone(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second, life: PairRun.Life);
        _run.Service.Clock.Advance(PairRun.Life + TimeSpan.FromTicks(tick));

        await _run.Service.PumpAsync();

        await _run.AssertNothingMoreAsync(1, tick < 0 ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Undelivered_around_the_expiry_the_second_starts_before_it_alone(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second, life: PairRun.Life);
        _run.Service.Clock.Advance(PairRun.Life + TimeSpan.FromTicks(tick));

        await _run.ReportAsync("UNDELIVERED");
        await _run.Service.PumpAsync();

        await _run.AssertNothingMoreAsync(1, tick < 0 ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Undelivered_around_the_moment_the_second_starts_once(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        await _run.ReportAsync("UNDELIVERED");
        await _run.Service.PumpAsync();

        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Asked_for_around_the_moment_the_second_starts_once(string first, string second, int tick)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        Assert.Equal(202, (await _run.Service.NextAsync(_run.Id)).Status);
        await _run.Service.PumpAsync();

        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Verified_after_a_report_that_nothing_arrived_the_second_never_starts(string first, string second)
    {
        await _run.VerifyAsync(first, second);
        await _run.ReportAsync("UNDELIVERED");

        Assert.Equal("VERIFIED", (await _run.CheckAsync()).Text("status"));

        await _run.AssertNothingMoreAsync(1, 0);
    }

    [Fact]
    public async Task A_wait_that_ends_with_the_verification_starts_nothing()
    {
        await _run.VerifyForItsWholeLifeAsync();

        await _run.Service.PassAsync(TimeSpan.FromSeconds(60));
        await _run.Service.PassAsync(TimeSpan.FromSeconds(60));

        Assert.Empty(_run.SecondPlaced);
        Assert.Equal("expired", (await _run.Service.ReadAsync(_run.Id)).Text("result"));
    }

    private void AssertSameCode() => Assert.Equal(_run.FirstPlaced[0].Code, _run.SecondPlaced[0].Code);
}
