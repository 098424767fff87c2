using FlashFunctions.Core.Providers;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>For each pair of messages of a flow: when the second one starts, how often, and when never.</summary>
public sealed class FlowPairTests(PairService pair) : IClassFixture<PairService>
{
    private static readonly string[] Types = ["push", "viber", "rcs", "sms"];

    private readonly PairRun _run = new(pair);

    public static TheoryData<string, string> Pairs => PairRun.PairsOf(Types);

    public static TheoryData<string, string, int> PairsAround => PairRun.PairsAround(Types);

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Fails_at_once_the_second_starts_at_once(string first, string second)
    {
        _run.First.Answer = new PlaceOutcome.NotSent("down");

        await _run.FlowAsync(first, second, "delivered");

        Assert.Equal(("one", "two"), (Assert.Single(_run.FirstPlaced).Text, Assert.Single(_run.SecondPlaced).Text));
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Never_answers_the_second_starts_when_the_wait_has_passed(string first, string second)
    {
        _run.First.Answer = new PlaceOutcome.Unclear("no answer");
        await _run.FlowAsync(first, second, "delivered");

        await AssertStartsWithTheWaitAsync();
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Undelivered_the_second_starts_at_once_and_not_again(string first, string second)
    {
        await _run.FlowAsync(first, second, "delivered");
        await _run.ReportAsync("UNDELIVERED");
        await _run.ReportAsync("REJECTED");

        await _run.Service.PumpAsync();

        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Delivered_around_the_moment_the_flow_is_over(string first, string second, int tick)
    {
        await _run.FlowAsync(first, second, "delivered");
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        await _run.ReportAsync("DELIVERED");

        await AssertOverAsync("DELIVERED");
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Delivered_but_unread_the_second_starts_when_the_wait_has_passed(string first, string second)
    {
        await _run.FlowAsync(first, second, "read");
        await _run.ReportAsync("DELIVERED");

        await AssertStartsWithTheWaitAsync();
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Read_around_the_moment_the_flow_is_over(string first, string second, int tick)
    {
        await _run.FlowAsync(first, second, "read");
        await _run.ReportAsync("DELIVERED");
        _run.Service.Clock.Advance(PairRun.Wait + TimeSpan.FromTicks(tick));

        await _run.ReportAsync("READ");

        await AssertOverAsync("READ");
    }

    [Theory]
    [MemberData(nameof(PairsAround))]
    public async Task Waited_for_until_around_the_due_time_the_second_starts_before_it_alone(string first, string second, int tick)
    {
        await _run.FlowAsync(first, second, "delivered");
        var due = FlashFunctions.Core.Primitives.RequestId.Parse(_run.Id, null).DueAt;
        _run.Service.Clock.Advance(due - _run.Service.Clock.GetUtcNow() + TimeSpan.FromTicks(tick));

        await _run.Service.PumpAsync();

        await _run.AssertNothingMoreAsync(1, tick < 0 ? 1 : 0);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task A_flow_cannot_be_canceled_and_goes_on(string first, string second)
    {
        await _run.FlowAsync(first, second, "delivered");

        Assert.Equal((404, 20), await RefusalAsync(_run.Service.CancelAsync(_run.Id)));
        Assert.Equal((404, 20), await RefusalAsync(_run.Service.NextAsync(_run.Id)));

        await AssertStartsWithTheWaitAsync();
    }

    [Fact]
    public async Task Delivered_late_stops_what_has_not_started()
    {
        var service = _run.Service;
        var answer = await service.PostAsync("/v1/messaging/failover", $$$"""
            {"number":"{{{_run.Number}}}","flow":[
              {"type":"push","provider":"first","message":{"text":"one"},"failover":{"wait":10}},
              {"type":"viber","provider":"first","message":{"text":"two"},"failover":{"wait":10}},
              {"type":"sms","provider":"second","message":{"text":"three"}}]}
            """);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, _run.FirstPlaced.Count);
        var id = new AttemptKey(answer.Text("requestId"), 0);

        await _run.ReportOnAsync(id, "DELIVERED");
        await service.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(_run.SecondPlaced);
        Assert.True((await service.ReadAsync(id.RequestId)).Json.TryGetProperty("endedAt", out _));
    }

    [Fact]
    public async Task A_number_that_the_first_provider_calls_bad_ends_the_flow()
    {
        _run.First.Answer = new PlaceOutcome.Rejected("invalid number");

        await _run.FlowAsync("push", "sms", "delivered");

        Assert.Empty(_run.SecondPlaced);
        Assert.Equal("REJECTED", (await _run.Service.ReadAsync(_run.Id)).Text("status"));
    }

    private static async Task<(int Status, int Error)> RefusalAsync(Task<Harness.Answer> call)
    {
        var answer = await call;
        return (answer.Status, answer.ErrorCode);
    }

    private async Task AssertStartsWithTheWaitAsync()
    {
        await _run.Service.PassAsync(PairRun.Wait - PairRun.Moment);
        Assert.Empty(_run.SecondPlaced);
        await _run.Service.PassAsync(PairRun.Moment);
        Assert.Single(_run.SecondPlaced);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    private async Task AssertOverAsync(string status)
    {
        var request = await _run.Service.ReadAsync(_run.Id);
        Assert.Equal(status, request.Text("status"));
        Assert.True(request.Json.TryGetProperty("endedAt", out _));
        await _run.AssertNothingMoreAsync(1, 0);
    }
}
