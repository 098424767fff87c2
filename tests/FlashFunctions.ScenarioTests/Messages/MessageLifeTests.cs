using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>What becomes of a message, and how its request tells it.</summary>
public sealed class MessageLifeTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData("sms", "sms", "+37253000001", "DELIVERED")]
    [InlineData("messaging/push", "messaging.push", "+37253000066", "READ")]
    [InlineData("messaging/viber", "messaging.viber", "+37253000066", "READ")]
    [InlineData("messaging/rcs", "messaging.rcs", "+37253000063", "UNDELIVERED")]
    [InlineData("sms", "sms", "+37253000062", "REJECTED")]
    [InlineData("calls/p2s", "calls.p2s", "+37253000001", "DELIVERED")]
    [InlineData("calls/p2s", "calls.p2s", "+37253000063", "UNDELIVERED")]
    [InlineData("calls/t2s", "calls.t2s", "+37253000060", "DELIVERED")]
    [InlineData("messaging/viber", "messaging.viber", "+37253000067", "DELIVERED")]
    [InlineData("sms", "sms", "+37253000093", "DELIVERED")]
    [InlineData("sms", "sms", "+37253000094", "DELIVERED")]
    public async Task The_request_ends_with_its_final_report(string path, string product, string number, string status)
    {
        var id = await SendAsync(path, number);

        await _service.PumpAsync();

        var request = await _service.ReadAsync(id);
        Assert.Equal((product, status), (request.Text("product"), request.Text("status")));
        Assert.True(request.Json.TryGetProperty("endedAt", out _));
        Assert.False(request.Json.TryGetProperty("reason", out _), request.Body);
        Assert.Equal("EE", request.Text("country"));
        Assert.Equal("24801", request.Text("mccmnc"));
        Assert.Single(request.Attempts);
    }

    [Fact]
    public async Task A_message_without_a_report_is_ended_by_its_due_time()
    {
        var id = await SendAsync("sms", "+37253000096");
        await _service.PumpAsync();
        Assert.False((await _service.ReadAsync(id)).Json.TryGetProperty("endedAt", out _));

        await _service.PassAsync(TimeSpan.FromSeconds(700));
        await _service.SweepAsync();

        var request = await _service.ReadAsync(id);
        Assert.Equal("SENT", request.Text("status"));
        Assert.Equal("No report came in time.", request.Text("reason"));
    }

    [Theory]
    [InlineData(86)]
    [InlineData(88)]
    [InlineData(90)]
    public async Task A_message_whose_answer_is_unclear_is_sent_once(int ending)
    {
        var number = $"+372530000{ending}";
        var id = await SendAsync("sms", number);

        await _service.PumpAsync();

        Assert.Equal(1, _service.Simulator.Phone(number)!.Messages);
        Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));
    }

    [Theory]
    [InlineData(77, "REJECTED")]
    [InlineData(70, "UNDELIVERED")]
    [InlineData(78, "UNDELIVERED")]
    [InlineData(83, "UNDELIVERED")]
    public async Task A_message_that_nobody_takes_ends_with_the_reason(int ending, string status)
    {
        var id = await SendAsync("sms", $"+372530000{ending}");

        await _service.PumpAsync();

        var request = await _service.ReadAsync(id);
        Assert.Equal(status, request.Text("status"));
        Assert.NotEmpty(request.Text("reason"));
    }

    [Fact]
    public async Task A_job_delivered_twice_sends_once()
    {
        var service = _service;
        await SendAsync("messaging/viber", "+37253000001");
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(1, service.Simulator.Phone("+37253000001")!.Messages);
    }

    [Fact]
    public async Task Messages_do_not_count_against_the_numbers_sends()
    {
        for (var message = 0; message < 12; message++)
        {
            await SendAsync("sms", "+37253000001");
            await SendAsync("calls/t2s", "+37253000001");
        }

        await _service.VerifyAsync("+37253000001");
    }

    [Fact]
    public async Task Spoken_codes_count_against_the_numbers_sends()
    {
        for (var call = 0; call < 5; call++)
        {
            await SendAsync("calls/p2s", "+37253000001");
        }

        var answer = await _service.PostAsync("/v1/calls/p2s", """{"number":"+37253000001","code":"1234"}""");

        Assert.Equal((429, 4), (answer.Status, answer.ErrorCode));
        Assert.NotNull(answer.RetryAfter);
    }

    [Fact]
    public async Task A_spoken_code_that_nobody_placed_does_not_count()
    {
        await _service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);
        for (var call = 0; call < 7; call++)
        {
            var id = await SendAsync("calls/p2s", "+37253000001");
            await _service.PumpAsync();
            Assert.Equal("UNDELIVERED", (await _service.ReadAsync(id)).Text("status"));
            _service.Clock.Advance(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task A_spoken_code_is_never_shown_and_is_heard_as_given()
    {
        var answer = await _service.PostAsync("/v1/calls/p2s", """{"number":"+37253000001","code":"0472"}""");
        var before = await _service.ReadAsync(answer.Text("requestId"));
        await _service.PumpAsync();
        var after = await _service.ReadAsync(answer.Text("requestId"));

        Assert.DoesNotContain("0472", answer.Body + before.Body + after.Body, StringComparison.Ordinal);
        Assert.Equal("0 4 7 2", _service.Simulator.Phone("+37253000001")!.History[^1].Text);
    }

    [Fact]
    public async Task A_test_number_gets_nothing_and_its_message_is_delivered()
    {
        foreach (var path in (string[])["sms", "messaging/push", "messaging/viber", "messaging/rcs", "calls/p2s", "calls/t2s"])
        {
            var id = await SendAsync(path, "+15005550006");
            await _service.PumpAsync();
            Assert.Equal("DELIVERED", (await _service.ReadAsync(id)).Text("status"));
        }

        Assert.Empty(_service.Simulator.Requests());
    }

    [Fact]
    public async Task A_goal_of_a_message_is_told_to_the_provider()
    {
        var id = await SendAsync("sms", "+37253000001");
        await _service.PumpAsync();

        await _service.PostAsync($"/v1/requests/{id}", """{"goal":"LINK_OPENED"}""");

        await _service.PumpAsync();
        Assert.Equal("LINK_OPENED", Assert.Single(_service.Simulator.Reports).Result);
    }

    private async Task<string> SendAsync(string path, string number)
    {
        var fields = ParameterTests.Required(path);
        fields["number"] = number;
        var answer = await _service.PostAsync($"/v1/{path}", System.Text.Json.JsonSerializer.Serialize(fields));
        Assert.Equal(202, answer.Status);
        return answer.Text("requestId");
    }
}
