using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 3: one live verification a number, the cool-down, and the send budgets.</summary>
public sealed class Rule03LimitsTests : IAsyncLifetime
{
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(31);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_new_verification_supersedes_the_live_one()
    {
        var old = await _service.VerifyByAsync(Phones.Ordinary, "bird", "lanck");
        await _service.PumpAsync();
        var oldCode = _service.CodeOn(Phones.Ordinary);
        await _service.PassAsync(CoolDown);
        var callsBefore = _service.CallsTo(Phones.Ordinary);

        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck");
        await _service.PassAsync(TimeSpan.FromMinutes(2));

        var check = await _service.CheckAsync(old, oldCode);
        Assert.Equal("superseded", await _service.ResultAsync(old));
        Assert.Equal((409, 23), (check.Status, check.ErrorCode));
        Assert.Contains("superseded", check.Body, StringComparison.Ordinal);
        Assert.Equal(callsBefore + 1, _service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task A_verification_that_is_over_is_not_superseded()
    {
        var old = await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();
        await _service.CheckAsync(old, _service.CodeOn(Phones.Ordinary));
        _service.Clock.Advance(CoolDown);

        await _service.VerifyAsync(Phones.Ordinary);

        Assert.Equal("verified", await _service.ResultAsync(old));
    }

    [Fact]
    public async Task Two_verifications_of_a_number_within_30_seconds_are_refused_and_told_when_to_come_back()
    {
        await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();
        _service.Clock.Advance(TimeSpan.FromSeconds(20));

        var refused = await VerifyAsync(Phones.Ordinary);
        var other = await VerifyAsync(Phones.Of(2));
        _service.Clock.Advance(refused.RetryAfter!.Value);
        var again = await VerifyAsync(Phones.Ordinary);

        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.True(refused.Names("number"));
        Assert.Equal(202, other.Status);
        Assert.Equal(202, again.Status);
    }

    [Fact]
    public async Task A_refused_verification_leaves_the_live_one_alone()
    {
        var live = await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();

        Assert.Equal(429, (await VerifyAsync(Phones.Ordinary)).Status);
        Assert.Equal("VERIFIED", (await _service.CheckAsync(live, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task The_next_step_is_under_the_same_cool_down()
    {
        var id = await _service.VerifyByAsync(Phones.Ordinary, "revicom", "lanck");
        await _service.PumpAsync();

        var early = await _service.NextAsync(id);
        _service.Clock.Advance(CoolDown);
        var next = await _service.NextAsync(id);
        await _service.PumpAsync();
        var verify = await VerifyAsync(Phones.Ordinary);

        Assert.Equal((429, 4), (early.Status, early.ErrorCode));
        Assert.NotNull(early.RetryAfter);
        Assert.Equal(202, next.Status);
        Assert.Equal(2, _service.CallsTo(Phones.Ordinary));
        Assert.Equal((429, 4), (verify.Status, verify.ErrorCode));
    }

    [Fact]
    public async Task With_no_step_left_next_is_error_10_before_any_cool_down()
    {
        var id = await _service.VerifyAsync(Phones.Ordinary);
        await _service.PumpAsync();

        var answer = await _service.NextAsync(id);

        Assert.Equal((400, 10), (answer.Status, answer.ErrorCode));
        Assert.True(answer.Names("workflow"));
    }

    [Fact]
    public async Task Five_sends_in_ten_minutes_are_the_most()
    {
        for (var send = 0; send < 5; send++)
        {
            await _service.VerifyAsync(Phones.Ordinary);
            await _service.PassAsync(CoolDown);
        }

        var refused = await VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(refused.RetryAfter!.Value);
        var again = await VerifyAsync(Phones.Ordinary);

        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromMinutes(6), TimeSpan.FromMinutes(7.5));
        Assert.Equal(202, again.Status);
        await _service.PumpAsync();
        Assert.Equal(6, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task Ten_sends_a_day_are_the_most()
    {
        for (var send = 0; send < 10; send++)
        {
            await _service.VerifyAsync(Phones.Ordinary);
            await _service.PassAsync(TimeSpan.FromMinutes(3));
        }

        _service.Clock.Advance(TimeSpan.FromMinutes(11));
        var refused = await VerifyAsync(Phones.Ordinary);
        _service.Clock.Advance(refused.RetryAfter!.Value);

        Assert.Equal((429, 4), (refused.Status, refused.ErrorCode));
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.Equal(202, (await VerifyAsync(Phones.Ordinary)).Status);
    }

    [Fact]
    public async Task Automatic_steps_count_and_one_that_the_budget_forbids_is_skipped_with_the_reason()
    {
        for (var send = 0; send < 4; send++)
        {
            await _service.VerifyAsync(Phones.Ordinary);
            await _service.PassAsync(CoolDown);
        }

        var id = await _service.VerifyByAsync(Phones.Ordinary, "lanck", "bird");
        await _service.PumpAsync();
        await _service.PassAsync(CoolDown);

        var attempts = (await _service.ReadAsync(id)).Attempts;
        Assert.Equal(5, _service.CallsTo(Phones.Ordinary));
        Assert.Equal("skipped", attempts[1].GetProperty("state").GetString());
        Assert.Contains("budget", attempts[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("pending", await _service.ResultAsync(id));
    }

    [Fact]
    public async Task Flash_calls_count_with_verifications_and_know_no_cool_down()
    {
        for (var call = 0; call < 4; call++)
        {
            Assert.Equal(200, (await FlashCallAsync()).Status);
        }

        await _service.VerifyAsync(Phones.Ordinary);
        await _service.PassAsync(CoolDown);
        var call5 = await FlashCallAsync();
        var verify = await VerifyAsync(Phones.Ordinary);

        Assert.Equal((429, 4), (call5.Status, call5.ErrorCode));
        Assert.NotNull(call5.RetryAfter);
        Assert.Equal((429, 4), (verify.Status, verify.ErrorCode));
        Assert.Equal(5, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task What_was_not_placed_is_not_counted()
    {
        var number = Phones.With(Phones.RefusedAsInvalidNumber);
        for (var send = 0; send < 6; send++)
        {
            var id = await _service.VerifyByAsync(number, "lanck");
            await _service.PassAsync(CoolDown);
            Assert.Equal("undeliverable", await _service.ResultAsync(id));
        }

        Assert.Equal(0, _service.CallsTo(number));
    }

    [Fact]
    public async Task The_limits_are_configurable()
    {
        await using var service = await TestService.StartAsync(new Settings
        {
            ["Guard:CoolDownSeconds"] = "0",
            ["Guard:SendsPerTenMinutes"] = "2",
            ["Guard:WrongCodesPerRequest"] = "1",
        });
        await service.VerifyAsync(Phones.Ordinary);
        await service.PumpAsync();
        var second = await service.VerifyAsync(Phones.Ordinary);
        await service.PumpAsync();

        Assert.Equal(
            0, (await service.CheckAsync(second, service.WrongCodeFor(Phones.Ordinary))).Json.GetProperty("attemptsLeft").GetInt32());
        Assert.Equal(429, (await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""")).Status);
    }

    private Task<Answer> VerifyAsync(string number) => _service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"}""");

    private Task<Answer> FlashCallAsync() => _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Ordinary}}"}""");
}
