using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Workflows;

/// <summary>
/// For each pair of providers of a call: when the second one calls, how often, and when never. The clock's moments are in the pairs of
/// methods.
/// </summary>
public sealed class ProviderPairTests(SharedService shared) : IClassFixture<SharedService>
{
    private static readonly string[] Providers = ["unibell", "revicom", "bird", "lanck"];
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(40);
    private static int _phones;

    private readonly TestService _service = shared.Service;

    public static TheoryData<string, string> Pairs => PairRun.PairsOf(Providers);

    public static TheoryData<string, string> UnequalPairs =>
        [.. Providers.SelectMany(first => Providers.Where(second => second != first).Select(second => (first, second)))];

    [Theory]
    [MemberData(nameof(UnequalPairs))]
    public async Task Fails_at_once_the_second_calls_at_once(string first, string second)
    {
        await _service.Simulator.SetProviderModeAsync(first, SimulatedMode.Unauthorized);
        var (id, number) = await StartAsync(first, second, 1);
        await _service.Simulator.SetProviderModeAsync(first, SimulatedMode.Up);

        Assert.Equal([$"{first} notSent", "- skipped", $"{second} placed"], await AttemptsAsync(id));
        await AssertNothingMoreAsync(number, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Never_answers_the_second_calls_when_the_wait_has_passed(string first, string second)
    {
        var (_, number) = await StartAsync(first, second, Phones.RingsAndResets);

        await AssertCallsWithTheWaitAsync(number);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Undelivered_the_second_calls_at_once(string first, string second)
    {
        var (_, number) = await StartAsync(first, second, Phones.Unreachable);

        // Revicom is asked for the two events that its document names, and neither says that nothing arrived.
        if (first == "revicom")
        {
            await AssertCallsWithTheWaitAsync(number);
            return;
        }

        Assert.Equal(2, _service.CallsTo(number));
        await AssertNothingMoreAsync(number, 2);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Delivered_but_unverified_the_second_calls_when_the_wait_has_passed(string first, string second)
    {
        var (id, number) = await StartAsync(first, second, 1);
        Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));

        await AssertCallsWithTheWaitAsync(number);
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task Answered_is_not_delivered_and_the_second_calls_when_the_wait_has_passed(string first)
    {
        var (id, number) = await StartAsync(first, "unibell", Phones.Answered, condition: "delivered");
        Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));

        await AssertCallsWithTheWaitAsync(number);
    }

    [Theory]
    [InlineData("unibell", 1)]
    [InlineData("bird", 1)]
    [InlineData("lanck", 1)]
    [InlineData("unibell", Phones.Declined)]
    [InlineData("bird", Phones.Declined)]
    [InlineData("lanck", Phones.Declined)]
    public async Task Rung_is_delivered_where_that_is_the_condition(string first, int behaviour)
    {
        var (_, number) = await StartAsync(first, "unibell", behaviour, condition: "delivered");

        await AssertNothingMoreAsync(number, 1);
    }

    [Fact]
    public async Task Answered_is_taken_up_though_it_was_reported_after_the_wait()
    {
        await _service.SweepAsync();
        var (id, number) = await StartAsync("unibell", "unibell", 1, condition: "delivered");
        await _service.PassAsync(Wait + TimeSpan.FromSeconds(5));
        Assert.Equal(1, _service.CallsTo(number));
        var callback = _service.Simulator.SentCallbacks.Last(one => one.Body.Contains("TERMINATED", StringComparison.Ordinal));

        Assert.Equal(
            200,
            await _service.PostWebhookAsync(callback.Address, callback.Body.Replace("TERMINATED", "ANSWERED", StringComparison.Ordinal)));
        await _service.PassAsync(TimeSpan.FromSeconds(60));
        await _service.SweepAsync();

        Assert.Equal(2, _service.CallsTo(number));
        Assert.Equal([0, 1], (await _service.StoredAsync(id)).Attempts.Select(attempt => attempt.Step));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Verified_the_second_never_calls(string first, string second)
    {
        var (id, number) = await StartAsync(first, second, 1);

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(number))).Text("status"));

        await AssertNothingMoreAsync(number, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Canceled_the_second_never_calls(string first, string second)
    {
        var (id, number) = await StartAsync(first, second, 1);

        Assert.Equal(200, (await _service.CancelAsync(id)).Status);

        await AssertNothingMoreAsync(number, 1);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Expired_the_second_never_calls(string first, string second)
    {
        var (_, number) = await StartAsync(first, second, Phones.CallbacksLost, life: 60, wait: 60);

        await AssertNothingMoreAsync(number, 1);
    }

    private async Task<(string Id, string Number)> StartAsync(
        string first, string second, int behaviour, int life = 300, int? wait = null, string condition = "verified")
    {
        // A circuit that an earlier pair opened has closed by then.
        _service.Clock.Advance(TimeSpan.FromMinutes(2));
        var number = Phones.With(behaviour, 200 + Interlocked.Increment(ref _phones));
        var id = await _service.VerifyAsync(
            number, $",\"expiresIn\":{life}" + Steps.Of(new("call", first, wait ?? Wait.TotalSeconds, condition), new("call", second)));
        await _service.PumpAsync();
        return (id, number);
    }

    private async Task AssertCallsWithTheWaitAsync(string number)
    {
        await _service.PassAsync(Wait - TimeSpan.FromSeconds(5));
        Assert.Equal(1, _service.CallsTo(number));
        await _service.PassAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(2, _service.CallsTo(number));
        await AssertNothingMoreAsync(number, 2);
    }

    private async Task AssertNothingMoreAsync(string number, int calls)
    {
        await _service.PassAsync(Wait);
        await _service.PassAsync(TimeSpan.FromMinutes(6));
        await _service.SweepAsync();
        foreach (var callback in _service.Simulator.SentCallbacks.Where(one => one.Body.Contains(number[1..], StringComparison.Ordinal)))
        {
            await _service.ReplayAsync(callback);
        }

        await _service.PumpAsync();
        Assert.Equal(calls, _service.CallsTo(number));
    }

    private async Task<string[]> AttemptsAsync(string id) =>
        [.. (await _service.StoredAsync(id)).Attempts.Select(attempt => $"{attempt.Provider ?? "-"} {Low(attempt.State.ToString())}")];

    private static string Low(string word) => char.ToLowerInvariant(word[0]) + word[1..];
}
