using FlashFunctions.Core.Providers;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>For each pair of verification steps: when the second one starts, how often, and when never.</summary>
public sealed class VerificationPairTests : IAsyncLifetime
{
    private static readonly string[] Methods = ["call", "sms", "voice"];

    private PairRun _run = null!;

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var first in Methods)
            {
                foreach (var second in Methods)
                {
                    pairs.Add(first, second);
                }
            }

            return pairs;
        }
    }

    public async ValueTask InitializeAsync() => _run = await PairRun.StartAsync();

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Fails_at_once_the_second_starts_at_once(string first, string second)
    {
        _run.First.Answer = new PlaceOutcome.NotSent("down");

        await _run.VerifyAsync(first, second);

        Assert.Equal((1, 1), (_run.First.Placed.Count, _run.Second.Placed.Count));
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
        Assert.Empty(_run.Second.Placed);
        await _run.Service.PassAsync(PairRun.Moment);

        Assert.Single(_run.Second.Placed);
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

        Assert.Single(_run.Second.Placed);
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
        Assert.Empty(_run.Second.Placed);
        await _run.Service.PassAsync(PairRun.Moment);

        Assert.Single(_run.Second.Placed);
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

        Assert.Single(_run.Second.Placed);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Verified_at_the_very_moment_the_second_never_starts(string first, string second)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait);

        Assert.Equal("VERIFIED", (await _run.CheckAsync()).Text("status"));

        await _run.AssertNothingMoreAsync(1, 0);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Canceled_at_the_very_moment_the_second_never_starts(string first, string second)
    {
        await _run.VerifyAsync(first, second);
        _run.Service.Clock.Advance(PairRun.Wait);

        Assert.Equal(200, (await _run.Service.PostAsync($"/v1/verify/{_run.Id}/cancel", "{}")).Status);

        await _run.AssertNothingMoreAsync(1, 0);
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

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    public async Task A_report_at_the_expiry_starts_nothing_and_one_just_before_it_does(int milliseconds, int started)
    {
        _run.First.Answer = new PlaceOutcome.Unclear("no answer");
        await _run.VerifyForItsWholeLifeAsync();
        _run.Service.Clock.Advance(TimeSpan.FromSeconds(60) + TimeSpan.FromMilliseconds(milliseconds));

        await _run.ReportAsync("UNDELIVERED");
        await _run.Service.PumpAsync();

        Assert.Equal(started, _run.Second.Placed.Count);
    }

    [Fact]
    public async Task A_wait_that_ends_with_the_verification_starts_nothing()
    {
        await _run.VerifyForItsWholeLifeAsync();

        await _run.Service.PassAsync(TimeSpan.FromSeconds(60));
        await _run.Service.PassAsync(TimeSpan.FromSeconds(60));

        Assert.Empty(_run.Second.Placed);
        Assert.Equal("expired", (await _run.Service.ReadAsync(_run.Id)).Text("result"));
    }

    [Fact]
    public async Task Asked_for_and_waited_for_at_the_same_moment_the_second_starts_once()
    {
        await _run.VerifyAsync("call", "sms");
        _run.Service.Clock.Advance(PairRun.Wait);

        Assert.Equal(202, (await _run.Service.PostAsync($"/v1/verify/{_run.Id}/next", "{}")).Status);

        await _run.Service.PumpAsync();
        Assert.Single(_run.Second.Placed);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    private void AssertSameCode() => Assert.Equal(_run.First.Placed[0].Code, _run.Second.Placed[0].Code);
}
