using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 7: which provider a step goes to, and when the next one starts.</summary>
public sealed class Rule07RoutingTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_step_goes_to_the_first_provider_of_the_order()
    {
        var id = await StartAsync(_service, Phones.Ordinary);

        Assert.Equal(["unibell placed"], await AttemptsAsync(_service, id));
    }

    [Theory]
    [InlineData("Routing:Order:call", "lanck,bird", "lanck")]
    [InlineData("Routing:Country:EE:call", "revicom", "revicom")]
    [InlineData("Routing:Country:LV:call", "revicom", "unibell")]
    public async Task The_order_is_configured_by_method_and_country(string setting, string order, string provider)
    {
        await using var service = await TestService.StartAsync(new Settings { [setting] = order });

        var id = await StartAsync(service, Phones.Ordinary);

        Assert.Equal([$"{provider} placed"], await AttemptsAsync(service, id));
    }

    [Fact]
    public async Task A_provider_that_cannot_do_the_code_length_is_passed_over()
    {
        var id = await StartAsync(_service, Phones.Ordinary, ""","codeLength":6""");

        Assert.Equal(["bird placed"], await AttemptsAsync(_service, id));
    }

    [Theory]
    [InlineData(SimulatedMode.Unauthorized)]
    [InlineData(SimulatedMode.Unavailable)]
    [InlineData(SimulatedMode.TooManyRequests)]
    public async Task What_was_not_sent_goes_to_the_next_provider_of_the_same_step_at_once(SimulatedMode mode)
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, mode);

        var id = await StartAsync(_service, Phones.Ordinary);

        Assert.Equal(["unibell notSent", "revicom placed"], await AttemptsAsync(_service, id));
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
    }

    [Theory]
    [InlineData(SimulatedMode.ServerError)]
    [InlineData(SimulatedMode.BadGateway)]
    [InlineData(SimulatedMode.Reset)]
    public async Task What_may_have_been_sent_goes_to_nobody_else(SimulatedMode mode)
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, mode);

        var id = await StartAsync(_service, Phones.Ordinary);

        Assert.Equal(["unibell unclear"], await AttemptsAsync(_service, id));
        Assert.Equal("SENT", (await _service.ReadAsync(id)).Text("status"));
        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task A_step_that_names_its_provider_moves_on_to_the_next_step_at_once()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);

        var id = await StartAsync(_service, Phones.Ordinary, Steps.CallsBy("unibell", "lanck"));

        Assert.Equal(["unibell notSent", "- skipped", "lanck placed"], await AttemptsAsync(_service, id));
    }

    [Fact]
    public async Task When_nothing_could_be_placed_the_verification_ends_at_once_as_undeliverable()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, SimulatedMode.Unauthorized);

        var id = await StartAsync(_service, Phones.Ordinary, Steps.CallsBy("unibell", "lanck"));

        var request = await _service.ReadAsync(id);
        var check = await _service.CheckAsync(id, "1234");
        Assert.Equal(["unibell notSent", "- skipped", "lanck notSent", "- skipped"], await AttemptsAsync(_service, id));
        Assert.Equal(("undeliverable", "UNDELIVERED"), (request.Text("result"), request.Text("status")));
        Assert.NotEmpty(request.Text("reason"));
        Assert.Equal((409, 23), (check.Status, check.ErrorCode));
        Assert.Contains("undeliverable", check.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task A_number_that_a_provider_refuses_is_rejected_and_tried_nowhere_else(string provider)
    {
        var number = Phones.With(Phones.RefusedAsInvalidNumber);

        var id = await StartAsync(_service, number, Steps.CallsBy(provider, "lanck", "unibell"));

        var request = await _service.ReadAsync(id);
        Assert.Equal([$"{provider} rejected"], await AttemptsAsync(_service, id));
        Assert.Equal(("undeliverable", "REJECTED"), (request.Text("result"), request.Text("status")));
    }

    [Fact]
    public async Task A_provider_whose_circuit_is_open_is_passed_over_until_it_has_recovered()
    {
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Unauthorized);
        for (var phone = 0; phone < 8; phone++)
        {
            await StartAsync(_service, Phones.Of(100 + phone));
        }

        var open = await StartAsync(_service, Phones.Of(1));
        var named = await StartAsync(_service, Phones.Of(2), Steps.CallsBy("unibell", "bird"));
        await _service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Up);
        _service.Clock.Advance(TimeSpan.FromSeconds(20));
        var closed = await StartAsync(_service, Phones.Of(3));

        Assert.Equal(["revicom placed"], await AttemptsAsync(_service, open));
        Assert.Equal(["- skipped", "bird placed"], await AttemptsAsync(_service, named));
        Assert.Equal(["unibell placed"], await AttemptsAsync(_service, closed));
    }

    [Theory]
    [InlineData("unibell", Phones.Rejected)]
    [InlineData("unibell", Phones.Unreachable)]
    [InlineData("unibell", Phones.Forbidden)]
    [InlineData("bird", Phones.Unreachable)]
    [InlineData("lanck", Phones.Rejected)]
    [InlineData("lanck", Phones.Unreachable)]
    public async Task A_report_that_nothing_arrived_starts_the_next_step_at_once(string provider, int behaviour)
    {
        var id = await StartAsync(_service, Phones.With(behaviour), Steps.CallsBy(provider, "revicom"));

        var attempts = (await _service.ReadAsync(id)).Attempts;
        Assert.Equal([$"{provider} placed", "revicom placed"], await AttemptsAsync(_service, id));
        Assert.Contains(attempts[0].GetProperty("status").GetString(), (string[])["UNDELIVERED", "REJECTED"]);
    }

    [Fact]
    public async Task Where_something_was_placed_and_reported_lost_a_right_code_still_verifies()
    {
        var number = Phones.With(Phones.Unreachable);
        var id = await StartAsync(_service, number, Steps.CallsBy("lanck"));
        var code = _service.Simulator.Phone(number)!.History[0].From![^4..];
        var pending = await _service.ResultAsync(id);

        Assert.Equal("pending", pending);
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, code)).Text("status"));
    }

    [Fact]
    public async Task Where_the_last_report_was_that_nothing_arrived_the_end_is_undeliverable_instead_of_expired()
    {
        var lost = await StartAsync(_service, Phones.With(Phones.Unreachable), Steps.CallsBy("lanck"));
        var rang = await StartAsync(_service, Phones.Ordinary, Steps.CallsBy("lanck"));
        _service.Clock.Advance(TimeSpan.FromMinutes(6));

        var check = await _service.CheckAsync(lost, "1234");

        Assert.Equal("undeliverable", await _service.ResultAsync(lost));
        Assert.Equal((409, 23), (check.Status, check.ErrorCode));
        Assert.Equal("expired", await _service.ResultAsync(rang));
    }

    [Fact]
    public async Task The_next_step_starts_when_the_wait_has_passed_and_not_before()
    {
        var id = await StartAsync(
            _service, Phones.Ordinary, Steps.Of(new("call", "lanck", Wait: 60), new("call", "bird")));
        await _service.PassAsync(TimeSpan.FromSeconds(45));
        var before = await AttemptsAsync(_service, id);
        await _service.PassAsync(TimeSpan.FromSeconds(16));

        Assert.Equal(["lanck placed"], before);
        Assert.Equal(["lanck placed", "bird placed"], await AttemptsAsync(_service, id));
    }

    [Theory]
    [InlineData("unibell", 20, 31)]
    [InlineData("revicom", 60, 71)]
    public async Task Without_a_wait_of_its_own_a_step_waits_as_its_provider_asks(string provider, int before, int after)
    {
        var id = await StartAsync(_service, Phones.Ordinary, Steps.CallsBy(provider, "bird"));
        await _service.PassAsync(TimeSpan.FromSeconds(before));
        var early = await AttemptsAsync(_service, id);
        await _service.PassAsync(TimeSpan.FromSeconds(after - before));

        Assert.Single(early);
        Assert.Equal(2, (await AttemptsAsync(_service, id)).Count);
    }

    [Theory]
    [InlineData(1, "lanck placed")]
    [InlineData(Phones.Unfinished, "lanck placed", "bird placed")]
    public async Task With_the_condition_delivered_the_next_step_starts_only_where_nothing_was_delivered(
        int behaviour, params string[] attempts)
    {
        var id = await StartAsync(
            _service,
            Phones.With(behaviour),
            Steps.Of(new("call", "lanck", Condition: "delivered"), new("call", "bird")));
        await _service.PassAsync(TimeSpan.FromSeconds(40));

        Assert.Equal(attempts, await AttemptsAsync(_service, id));
    }

    [Fact]
    public async Task A_wait_longer_than_the_life_that_is_left_starts_nothing()
    {
        var answer = await _service.PostAsync(
            "/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","expiresIn":60{{Steps.CallsBy("revicom", "lanck")}}}""");
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(120));

        Assert.Equal(System.Text.Json.JsonValueKind.Null, answer.Json.GetProperty("nextAfter").ValueKind);
        Assert.Equal("call", answer.Text("nextMethod"));
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task The_account_may_go_to_the_next_step_itself()
    {
        var id = await StartAsync(
            _service,
            Phones.Ordinary,
            Steps.Of(new("call", "revicom"), new("call", "lanck", Wait: 50), "call"));
        _service.Clock.Advance(TimeSpan.FromSeconds(31));
        var now = _service.Clock.GetUtcNow().ToUnixTimeMilliseconds();

        var answer = await _service.NextAsync(id);
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(40));

        Assert.Equal((202, id), (answer.Status, answer.Text("requestId")));
        Assert.InRange(answer.Json.GetProperty("nextAfter").GetInt64() - now, 50_000, 50_999);
        Assert.Equal(["revicom placed", "lanck placed"], await AttemptsAsync(_service, id));
    }

    [Theory]
    [InlineData("check")]
    [InlineData("cancel")]
    public async Task An_end_stops_later_steps(string end)
    {
        var id = await StartAsync(_service, Phones.Ordinary, Steps.CallsBy("lanck", "bird"));
        var answer = end == "check" ? await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary)) : await _service.CancelAsync(id);
        await _service.PassAsync(TimeSpan.FromMinutes(2));
        var next = await _service.NextAsync(id);
        var cancel = await _service.CancelAsync(id);

        Assert.Equal(200, answer.Status);
        Assert.Equal(1, _service.CallsTo(Phones.Ordinary));
        Assert.Equal((409, 23), (next.Status, next.ErrorCode));
        Assert.Equal((409, 23), (cancel.Status, cancel.ErrorCode));
        Assert.Contains(end == "check" ? "verified" : "canceled", next.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_canceled_before_its_job_came_is_never_placed()
    {
        var id = await _service.VerifyAsync(Phones.Ordinary);
        await _service.CancelAsync(id);
        await _service.PumpAsync();

        Assert.Equal(0, _service.CallsTo(Phones.Ordinary));
        Assert.Equal("canceled", await _service.ResultAsync(id));
    }

    private static async Task<string> StartAsync(TestService service, string number, string more = "")
    {
        var id = await service.VerifyAsync(number, more);
        await service.PumpAsync();
        return id;
    }

    private static async Task<IReadOnlyList<string>> AttemptsAsync(TestService service, string id) =>
        [.. (await service.ReadAsync(id)).Attempts.Select(attempt =>
            (attempt.TryGetProperty("provider", out var provider) ? provider.GetString() : "-")
            + $" {attempt.GetProperty("state").GetString()}")];
}
