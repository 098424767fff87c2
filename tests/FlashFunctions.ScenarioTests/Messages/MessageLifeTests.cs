using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>What becomes of a message, and how its request tells it.</summary>
public sealed class MessageLifeTests(SharedService shared) : IClassFixture<SharedService>
{
    private readonly TestService _service = shared.Service;

    [Theory]
    [InlineData("sms", "sms", 1, "DELIVERED")]
    [InlineData("messaging/push", "messaging.push", 66, "READ")]
    [InlineData("messaging/viber", "messaging.viber", 66, "READ")]
    [InlineData("messaging/rcs", "messaging.rcs", 63, "UNDELIVERED")]
    [InlineData("sms", "sms", 62, "REJECTED")]
    [InlineData("calls/p2s", "calls.p2s", 1, "DELIVERED")]
    [InlineData("calls/p2s", "calls.p2s", 63, "UNDELIVERED")]
    [InlineData("calls/t2s", "calls.t2s", 60, "DELIVERED")]
    [InlineData("messaging/viber", "messaging.viber", 67, "DELIVERED")]
    [InlineData("sms", "sms", 93, "DELIVERED")]
    [InlineData("sms", "sms", 94, "DELIVERED")]
    public async Task The_request_ends_with_its_final_report(string path, string product, int behaviour, string status)
    {
        var id = await SendAsync(path, shared.NewPhone(behaviour));

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
        await using var service = await TestService.StartAsync();
        var id = await SendAsync("sms", "+37253000096", service);
        await service.PumpAsync();
        Assert.False((await service.ReadAsync(id)).Json.TryGetProperty("endedAt", out _));

        await service.PassAsync(TimeSpan.FromSeconds(700));
        await service.SweepAsync();

        var request = await service.ReadAsync(id);
        Assert.Equal("SENT", request.Text("status"));
        Assert.Equal("No report came in time.", request.Text("reason"));
    }

    [Theory]
    [InlineData(86)]
    [InlineData(88)]
    [InlineData(90)]
    public async Task A_message_whose_answer_is_unclear_is_sent_once(int ending)
    {
        await using var service = await TestService.StartAsync();
        var number = Phones.With(ending);
        var id = await SendAsync("sms", number, service);

        await service.PumpAsync();

        Assert.Equal(1, service.Simulator.Phone(number)!.Messages);
        Assert.Equal("DELIVERED", (await service.ReadAsync(id)).Text("status"));
    }

    [Theory]
    [InlineData(77, "REJECTED")]
    [InlineData(70, "UNDELIVERED")]
    [InlineData(78, "UNDELIVERED")]
    [InlineData(83, "UNDELIVERED")]
    public async Task A_message_that_nobody_takes_ends_with_the_reason(int ending, string status)
    {
        await using var service = await TestService.StartAsync();
        var id = await SendAsync("sms", Phones.With(ending), service);

        await service.PumpAsync();

        var request = await service.ReadAsync(id);
        Assert.Equal(status, request.Text("status"));
        Assert.NotEmpty(request.Text("reason"));
    }

    [Fact]
    public async Task A_job_delivered_twice_sends_once()
    {
        await using var service = await TestService.StartAsync();
        await SendAsync("messaging/viber", "+37253000001", service);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(1, service.Simulator.Phone("+37253000001")!.Messages);
    }

    [Fact]
    public async Task Messages_do_not_count_against_the_numbers_sends()
    {
        var number = shared.NewPhone();
        foreach (var path in (string[])["sms", "calls/t2s", "sms", "calls/t2s", "messaging/viber"])
        {
            await SendAsync(path, number);
        }

        await _service.VerifyAsync(number);
    }

    [Fact]
    public async Task Spoken_codes_count_against_the_numbers_sends()
    {
        var number = shared.NewPhone();
        for (var call = 0; call < 5; call++)
        {
            await SendAsync("calls/p2s", number);
        }

        var answer = await _service.PostAsync("/v1/calls/p2s", $$"""{"number":"{{number}}","code":"1234"}""");

        Assert.Equal((429, 4), (answer.Status, answer.ErrorCode));
        Assert.NotNull(answer.RetryAfter);
    }

    [Fact]
    public async Task A_spoken_code_that_nobody_placed_does_not_count()
    {
        await using var service = await TestService.StartAsync();
        await service.Simulator.SetProviderModeAsync(
            SimulatedProviders.Lanck, SimulatedMode.Unavailable, TestContext.Current.CancellationToken);
        for (var call = 0; call < 7; call++)
        {
            var id = await SendAsync("calls/p2s", "+37253000001", service);
            await service.PumpAsync();
            Assert.Equal("UNDELIVERED", (await service.ReadAsync(id)).Text("status"));
            service.Clock.Advance(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task A_spoken_code_is_never_shown_and_is_heard_as_given()
    {
        var number = shared.NewPhone();
        var answer = await _service.PostAsync("/v1/calls/p2s", $$"""{"number":"{{number}}","code":"0472"}""");
        var before = await _service.ReadAsync(answer.Text("requestId"));
        await _service.PumpAsync();
        var after = await _service.ReadAsync(answer.Text("requestId"));

        Assert.DoesNotContain("0472", answer.Body + before.Body + after.Body, StringComparison.Ordinal);
        Assert.Equal("0 4 7 2", _service.Simulator.Phone(number)!.History[^1].Text);
    }

    [Fact]
    public async Task A_test_number_gets_nothing_and_its_message_is_delivered()
    {
        await using var service = await TestService.StartAsync();
        foreach (var path in (string[])["sms", "messaging/push", "messaging/viber", "messaging/rcs", "calls/p2s", "calls/t2s"])
        {
            var id = await SendAsync(path, Phones.Test, service);
            await service.PumpAsync();
            Assert.Equal("DELIVERED", (await service.ReadAsync(id)).Text("status"));
        }

        Assert.Empty(service.Simulator.Requests());
    }

    [Fact]
    public async Task A_goal_of_a_message_is_told_to_the_provider()
    {
        var number = shared.NewPhone();
        var id = await SendAsync("sms", number);
        await _service.PumpAsync();

        await _service.PostAsync($"/v1/requests/{id}", """{"goal":"LINK_OPENED"}""");

        await _service.PumpAsync();
        Assert.Equal("LINK_OPENED", Assert.Single(_service.Simulator.Reports, report => report.Number == number[1..]).Result);
    }

    private async Task<string> SendAsync(string path, string number, TestService? service = null)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(ParameterTests.Required(path, number));
        var answer = await (service ?? _service).PostAsync($"/v1/{path}", body);
        Assert.Equal(202, answer.Status);
        return answer.Text("requestId");
    }
}
