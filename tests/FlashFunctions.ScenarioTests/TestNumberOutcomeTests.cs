using FlashFunctions.ScenarioTests.Harness;
using Microsoft.Extensions.Options;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 10: what a test number plays, and what stops the start.</summary>
public sealed class TestNumberOutcomeTests
{
    private static readonly string TwoSteps = Steps.Of(new("call", Wait: 60), "sms");

    [Theory]
    [InlineData("verified", "DELIVERED", "pending")]
    [InlineData("undelivered", "UNDELIVERED", "pending")]
    [InlineData("busy", "DELIVERED", "pending")]
    [InlineData("answered", "DELIVERED", "pending")]
    [InlineData("late", "DELIVERED", "pending")]
    [InlineData("down", "UNDELIVERED", "undeliverable")]
    public async Task It_ends_as_it_is_told(string outcome, string status, string result)
    {
        await using var service = await StartAsync(("Outcome", outcome));
        var id = await service.VerifyAsync(Phones.Test);
        await service.PumpAsync();

        var request = await service.ReadAsync(id);
        Assert.Equal((status, result), (request.Text("status"), request.Text("result")));
        if (result == "pending")
        {
            Assert.Equal("VERIFIED", (await service.CheckAsync(id, "3456")).Text("status"));
        }

        Assert.Empty(service.Simulator.Requests());
    }

    [Theory]
    [InlineData("undelivered", 2)]
    [InlineData("down", 2)]
    [InlineData("busy", 1)]
    [InlineData("answered", 1)]
    public async Task What_does_not_arrive_starts_the_next_step_at_once(string outcome, int steps)
    {
        await using var service = await StartAsync(("Outcome", outcome));
        var id = await service.VerifyAsync(Phones.Test, TwoSteps);
        await service.PumpAsync();

        Assert.Equal(steps, (await service.StoredAsync(id)).Attempts.Select(attempt => attempt.Step).Distinct().Count());
    }

    [Theory]
    [InlineData("answered", "0", 2)]
    [InlineData("answered", "20", 2)]
    [InlineData("busy", "0", 1)]
    [InlineData("verified", "0", 1)]
    public async Task An_answered_flash_call_does_not_count_as_delivered_and_goes_on_at_its_wait(string outcome, string delay, int steps)
    {
        await using var service = await StartAsync(("Outcome", outcome), ("Delay", delay));
        var id = await service.VerifyAsync(Phones.Test, Steps.Of(new("call", Wait: 60, Condition: "delivered"), "sms"));
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(59));
        var before = await service.ReadAsync(id);
        await service.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(("DELIVERED", 1), (before.Text("status"), before.Attempts.Count));
        Assert.Equal(steps, (await service.ReadAsync(id)).Attempts.Count);
    }

    [Fact]
    public async Task An_answered_spoken_code_counts_as_delivered()
    {
        await using var service = await StartAsync(("Outcome", "answered"));
        var answer = await service.PostAsync(
            "/v1/verify", $$"""{"number":"{{Phones.Test}}"{{Steps.Of(new("voice", Wait: 60, Condition: "delivered"), "sms")}}}""");
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(61));

        Assert.Single((await service.ReadAsync(answer.Text("requestId"))).Attempts);
    }

    [Fact]
    public async Task A_late_one_is_reported_after_its_delay()
    {
        await using var service = await StartAsync(("Outcome", "late"), ("Delay", "20"));
        var id = await service.VerifyAsync(Phones.Test);
        await service.PumpAsync();
        var before = (await service.ReadAsync(id)).Text("status");
        await service.PassAsync(TimeSpan.FromSeconds(19));
        var justBefore = (await service.ReadAsync(id)).Text("status");
        await service.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal(("SENT", "SENT", "DELIVERED"), (before, justBefore, (await service.ReadAsync(id)).Text("status")));
    }

    [Fact]
    public async Task A_late_failure_starts_the_next_step_when_it_is_reported()
    {
        await using var service = await StartAsync(("Outcome", "undelivered"), ("Delay", "20"));
        var id = await service.VerifyAsync(Phones.Test, TwoSteps);
        await service.PumpAsync();
        await service.PassAsync(TimeSpan.FromSeconds(19));
        var before = (await service.ReadAsync(id)).Attempts.Count;
        await service.PassAsync(TimeSpan.FromSeconds(2));
        var after = (await service.ReadAsync(id)).Attempts.Count;

        Assert.Equal((1, 2), (before, after));
    }

    [Fact]
    public async Task A_blocked_one_is_refused_for_all_that_sends()
    {
        await using var service = await StartAsync(("Outcome", "blocked"));
        foreach (var (path, more)
            in ((string, string)[])[("verify", "method=call"), ("calls/flash", ""), ("calls/p2s", "code=1234"), ("sms", "text=hello")])
        {
            var answer = await service.PostFormAsync($"/v1/{path}", $"number={Uri.EscapeDataString(Phones.Test)}&{more}");
            Assert.Equal((403, 30), (answer.Status, answer.ErrorCode));
        }

        var fraud = await service.PostAsync("/v1/insight/fraudcheck", $$"""{"number":"{{Phones.Test}}"}""");
        Assert.Equal("FRAUDULENT", fraud.Text("status"));
    }

    [Fact]
    public async Task Calls_and_messages_end_alike()
    {
        await using var undelivered = await StartAsync(("Outcome", "undelivered"));
        await using var down = await StartAsync(("Outcome", "down"));

        var sms = await undelivered.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Test}}","text":"hello"}""");
        await undelivered.PumpAsync();
        var call = await down.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Test}}"}""");
        var hlr = await down.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Test}}"}""");

        Assert.Equal("UNDELIVERED", (await undelivered.ReadAsync(sms.Text("requestId"))).Text("status"));
        Assert.Equal((503, 50), (call.Status, call.ErrorCode));
        Assert.Equal("UNKNOWN", hlr.Text("status"));
    }

    [Theory]
    [InlineData("1234", 4, 202)]
    [InlineData("1234", 5, 400)]
    [InlineData("12345", 5, 202)]
    [InlineData("12345", 6, 400)]
    public async Task A_longer_code_than_its_own_is_refused(string code, int length, int status)
    {
        await using var service = await StartAsync(("Code", code));

        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Test}}","method":"call","codeLength":{{length}}}""");

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 400, answer.ErrorCode == 10 && answer.Names("codeLength"));
        if (status == 202)
        {
            Assert.Equal("VERIFIED", (await service.CheckAsync(answer.Text("requestId"), code[^length..])).Text("status"));
        }
    }

    [Theory]
    [InlineData("Number", "15005550006")]
    [InlineData("Number", "+1500555000x")]
    [InlineData("Number", "+999123456789")]
    [InlineData("Number", " +15005550006")]
    [InlineData("Number", "")]
    [InlineData("Code", "123")]
    [InlineData("Code", "1234567")]
    [InlineData("Code", "12a4")]
    [InlineData("Code", "\u0661\u0662\u0663\u0664")]
    [InlineData("Code", "")]
    [InlineData("Outcome", "9")]
    [InlineData("Delay", "-1")]
    [InlineData("Delay", "601")]
    public async Task A_malformed_one_stops_the_start_and_is_named_without_being_told(string setting, string value)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync((setting, value)));

        Assert.Contains($"TestNumbers:0:{setting}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Phones.Test, refused.Message, StringComparison.Ordinal);
        Assert.True(value.Length < 3 || !refused.Message.Contains(value, StringComparison.Ordinal), refused.Message);
    }

    [Theory]
    [InlineData("Outcome", "bogus")]
    [InlineData("Delay", "soon")]
    public async Task One_that_cannot_be_read_stops_the_start_and_is_not_taken_for_a_real_number(string setting, string value)
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync((setting, value)));

        Assert.Contains($"TestNumbers:0:{setting}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Phones.Test, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_there_twice_stops_the_start() => Assert.Contains(
        "TestNumbers:1:Number",
        (await Assert.ThrowsAsync<OptionsValidationException>(() => TestService.StartAsync(new Settings
        {
            ["TestNumbers:0:Number"] = Phones.Test,
            ["TestNumbers:0:Code"] = "1234",
            ["TestNumbers:1:Number"] = Phones.Test,
            ["TestNumbers:1:Code"] = "1234",
        }))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Production", 1)]
    [InlineData("Development", 0)]
    public async Task It_is_named_at_start_outside_development_masked_and_without_its_code(string environment, int lines)
    {
        var log = new LogBook();
        await using var service = environment == "Production"
            ? await TestService.StartInProductionAsync(log.Attach, ("TestNumbers:0:Code", "918273"), ("TestNumbers:0:Outcome", "late"))
            : await TestService.StartAsync(services: log.Attach);

        var named = log.Lines.Where(line => line.Contains("is a test number", StringComparison.Ordinal)).ToArray();
        Assert.Equal(lines, named.Length);
        Assert.All(named, line => Assert.Contains("+1500555****", line, StringComparison.Ordinal));
        Assert.All(named, line => Assert.Contains("Late", line, StringComparison.Ordinal));
        Assert.DoesNotContain(
            log.Lines, line => line.Contains(Phones.Test, StringComparison.Ordinal) || line.Contains("918273", StringComparison.Ordinal));
    }

    private static Task<TestService> StartAsync(params (string Setting, string Value)[] settings)
    {
        var configuration = new Settings
        {
            ["TestNumbers:0:Number"] = Phones.Test,
            ["TestNumbers:0:Code"] = "123456",
        };
        foreach (var (setting, value) in settings)
        {
            configuration[$"TestNumbers:0:{setting}"] = value;
        }

        return TestService.StartAsync(configuration);
    }
}
