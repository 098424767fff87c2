using FlashFunctions.Core.Providers;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>For each pair of messages of a flow: when the second one starts, how often, and when never.</summary>
public sealed class FlowPairTests : IAsyncLifetime
{
    private static readonly string[] Types = ["push", "viber", "rcs", "sms"];

    private PairRun _run = null!;

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var first in Types)
            {
                foreach (var second in Types)
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

        await _run.FlowAsync(first, second, "delivered");

        Assert.Equal(("one", "two"), (Assert.Single(_run.First.Placed).Text, Assert.Single(_run.Second.Placed).Text));
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

        Assert.Single(_run.Second.Placed);
        await _run.AssertNothingMoreAsync(1, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Delivered_at_the_very_moment_the_flow_is_over(string first, string second)
    {
        await _run.FlowAsync(first, second, "delivered");
        _run.Service.Clock.Advance(PairRun.Wait);

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
    [MemberData(nameof(Pairs))]
    public async Task Read_at_the_very_moment_the_flow_is_over(string first, string second)
    {
        await _run.FlowAsync(first, second, "read");
        await _run.ReportAsync("DELIVERED");
        _run.Service.Clock.Advance(PairRun.Wait);

        await _run.ReportAsync("READ");

        await AssertOverAsync("READ");
    }

    [Fact]
    public async Task Delivered_late_stops_what_has_not_started()
    {
        var service = _run.Service;
        var answer = await service.PostAsync("/v1/messaging/failover", $$$"""
            {"number":"{{{PairRun.Number}}}","flow":[
              {"type":"push","provider":"first","message":{"text":"one"},"failover":{"wait":10}},
              {"type":"viber","provider":"first","message":{"text":"two"},"failover":{"wait":10}},
              {"type":"sms","provider":"second","message":{"text":"three"}}]}
            """);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(2, _run.First.Placed.Count);
        var id = new AttemptKey(answer.Text("requestId"), 0);

        await _run.ReportOnAsync(id, "DELIVERED");
        await service.PassAsync(TimeSpan.FromSeconds(10));

        Assert.Empty(_run.Second.Placed);
        Assert.True((await service.ReadAsync(id.RequestId)).Json.TryGetProperty("endedAt", out _));
    }

    [Fact]
    public async Task A_number_that_the_first_provider_calls_bad_ends_the_flow()
    {
        _run.First.Answer = new PlaceOutcome.Rejected("invalid number");

        await _run.FlowAsync("push", "sms", "delivered");

        Assert.Empty(_run.Second.Placed);
        Assert.Equal("REJECTED", (await _run.Service.ReadAsync(_run.Id)).Text("status"));
    }

    private async Task AssertStartsWithTheWaitAsync()
    {
        await _run.Service.PassAsync(PairRun.Wait - PairRun.Moment);
        Assert.Empty(_run.Second.Placed);
        await _run.Service.PassAsync(PairRun.Moment);
        Assert.Single(_run.Second.Placed);
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
