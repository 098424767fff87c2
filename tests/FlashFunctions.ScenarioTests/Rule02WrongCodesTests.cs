using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 2: at most 5 wrong codes a request and 10 a number in any 24 hours.</summary>
public sealed class Rule02WrongCodesTests : IAsyncLifetime
{
    private static readonly TimeSpan CoolDown = TimeSpan.FromSeconds(31);
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(60)]
    [InlineData(600)]
    public async Task A_life_counts_from_createdAt_to_the_millisecond_however_long_the_call_takes(int expiresIn)
    {
        await using var service = await TestService.StartAsync();
        service.Clock.AutoAdvanceAmount = TimeSpan.FromMilliseconds(0.7);

        var request = await service.ReadAsync(await service.VerifyAsync(Phones.Ordinary, $",\"expiresIn\":{expiresIn}"));
        service.Clock.AutoAdvanceAmount = TimeSpan.Zero;

        Assert.Equal(
            1_000L * expiresIn,
            request.Json.GetProperty("expiresAt").GetInt64() - request.Json.GetProperty("createdAt").GetInt64());
    }

    [Fact]
    public async Task The_fifth_wrong_code_fails_the_request_for_good()
    {
        var id = await StartAsync();
        var left = new List<int>();
        for (var guess = 0; guess < 5; guess++)
        {
            var answer = await WrongAsync(id);
            Assert.Equal((200, "WRONG_CODE"), (answer.Status, answer.Text("status")));
            Assert.False(answer.Json.GetProperty("verified").GetBoolean());
            left.Add(answer.Json.GetProperty("attemptsLeft").GetInt32());
        }

        var right = await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));

        Assert.Equal([4, 3, 2, 1, 0], left);
        Assert.Equal((429, 22), (right.Status, right.ErrorCode));
        Assert.True(right.RetryAfter > TimeSpan.Zero);
        Assert.Equal("failed", await _service.ResultAsync(id));
    }

    [Fact]
    public async Task A_right_code_after_four_wrong_ones_verifies()
    {
        var id = await StartAsync();
        for (var guess = 0; guess < 4; guess++)
        {
            await WrongAsync(id);
        }

        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary))).Text("status"));
    }

    [Fact]
    public async Task Asking_for_a_new_code_buys_no_new_guesses()
    {
        foreach (var guesses in (int[])[4, 4])
        {
            var id = await StartAsync();
            for (var guess = 0; guess < guesses; guess++)
            {
                await WrongAsync(id);
            }
        }

        var last = await StartAsync();
        var first = await WrongAsync(last);
        var second = await WrongAsync(last);
        var third = await WrongAsync(last);
        _service.Clock.Advance(CoolDown);
        var verify = await VerifyAsync();

        Assert.Equal(1, first.Json.GetProperty("attemptsLeft").GetInt32());
        Assert.Equal(0, second.Json.GetProperty("attemptsLeft").GetInt32());
        Assert.Equal((429, 22), (third.Status, third.ErrorCode));
        Assert.Equal((429, 22), (verify.Status, verify.ErrorCode));
        Assert.InRange(verify.RetryAfter!.Value, TimeSpan.FromHours(23), TimeSpan.FromHours(24));
        Assert.Equal(3, _service.CallsTo(Phones.Ordinary));
    }

    [Fact]
    public async Task The_number_may_try_again_when_the_server_said_so()
    {
        for (var request = 0; request < 2; request++)
        {
            var id = await StartAsync();
            for (var guess = 0; guess < 5; guess++)
            {
                await WrongAsync(id);
            }
        }

        var refused = await VerifyAsync();
        _service.Clock.Advance(refused.RetryAfter!.Value - TimeSpan.FromMinutes(1));
        var early = await VerifyAsync();
        _service.Clock.Advance(TimeSpan.FromMinutes(1));
        var inTime = await VerifyAsync();

        Assert.Equal((429, 22), (refused.Status, refused.ErrorCode));
        Assert.Equal((429, 22), (early.Status, early.ErrorCode));
        Assert.Equal(202, inTime.Status);
    }

    [Fact]
    public async Task A_malformed_code_is_no_guess()
    {
        var id = await StartAsync();

        var malformed = await _service.CheckAsync(id, "12x4");
        var wrong = await WrongAsync(id);

        Assert.Equal((400, 10), (malformed.Status, malformed.ErrorCode));
        Assert.Equal(4, wrong.Json.GetProperty("attemptsLeft").GetInt32());
    }

    [Fact]
    public async Task A_wrong_caller_number_is_a_wrong_code()
    {
        var id = await StartAsync();

        var answer = await _service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"+12025550000"}""");

        Assert.Equal(("WRONG_CODE", 4), (answer.Text("status"), answer.Json.GetProperty("attemptsLeft").GetInt32()));
    }

    [Fact]
    public async Task A_verification_lives_for_as_long_as_was_asked_and_then_answers_410()
    {
        var id = await StartAsync(""","expiresIn":60""");
        _service.Clock.Advance(TimeSpan.FromSeconds(50));
        var wrong = await WrongAsync(id);
        _service.Clock.Advance(TimeSpan.FromSeconds(11));

        var late = await _service.CheckAsync(id, _service.CodeOn(Phones.Ordinary));

        Assert.Equal("WRONG_CODE", wrong.Text("status"));
        Assert.Equal((410, 21), (late.Status, late.ErrorCode));
        Assert.Equal("expired", await _service.ResultAsync(id));
    }

    [Fact]
    public async Task A_verification_lives_for_five_minutes_by_default()
    {
        var id = await StartAsync();
        _service.Clock.Advance(TimeSpan.FromSeconds(285));
        var before = await _service.ResultAsync(id);
        _service.Clock.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal("pending", before);
        Assert.Equal("expired", await _service.ResultAsync(id));
    }

    private Task<Answer> VerifyAsync() => _service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""");

    private Task<Answer> WrongAsync(string id) => _service.CheckAsync(id, _service.WrongCodeFor(Phones.Ordinary));

    private async Task<string> StartAsync(string more = "")
    {
        _service.Clock.Advance(CoolDown);
        var id = await _service.VerifyAsync(Phones.Ordinary, more);
        await _service.PumpAsync();
        return id;
    }
}
