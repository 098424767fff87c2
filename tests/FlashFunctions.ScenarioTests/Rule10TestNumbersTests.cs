using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>Rule 10: test numbers behave like the real thing, call no provider, and do not count against limits.</summary>
public sealed class Rule10TestNumbersTests : IAsyncLifetime
{
    private static readonly Settings Numbers = new()
    {
        ["TestNumbers:0:Number"] = Phones.Test,
        ["TestNumbers:0:Code"] = "123456",
    };

    private readonly Journal _journal = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(Numbers, _journal.Attach);
        await _service.SweepAsync();
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(4, "3456")]
    [InlineData(5, "23456")]
    [InlineData(6, "123456")]
    public async Task Its_fixed_code_verifies_and_no_provider_is_called(int length, string code)
    {
        var id = await _service.VerifyAsync(Phones.Test, $$""","codeLength":{{length}}""");
        await _service.PumpAsync();
        var placed = await _service.ReadAsync(id);

        Assert.Equal("DELIVERED", placed.Text("status"));
        Assert.Equal("WRONG_CODE", (await _service.CheckAsync(id, "9999")).Text("status"));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(id, code)).Text("status"));
        await _service.PumpAsync();
        Assert.Empty(_service.Simulator.Requests());
        Assert.DoesNotContain(code, placed.Text("from"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_knows_no_cool_down_and_no_budget_and_no_daily_count_of_wrong_codes()
    {
        for (var request = 0; request < 12; request++)
        {
            var id = await _service.VerifyAsync(Phones.Test);
            await _service.PumpAsync();
            for (var guess = 0; guess < 5; guess++)
            {
                Assert.Equal("WRONG_CODE", (await _service.CheckAsync(id, "9999")).Text("status"));
            }

            Assert.Equal(429, (await _service.CheckAsync(id, "3456")).Status);
        }
    }

    [Fact]
    public async Task A_verification_that_becomes_live_while_another_one_supersedes_is_ended_too()
    {
        var first = await _service.VerifyAsync(Phones.Test);
        var between = "";
        _journal.Before = async operation =>
        {
            if (operation.ToString() == $"{TableNames.Guard}.Replace")
            {
                _journal.Before = null;
                between = await _service.VerifyAsync(Phones.Test);
            }
        };
        var last = await _service.VerifyAsync(Phones.Test);
        await _service.PumpAsync();

        Assert.NotNull((await _service.StoredAsync(first)).EndedAt);
        Assert.NotNull((await _service.StoredAsync(between)).EndedAt);
        Assert.Equal("pending", await _service.ResultAsync(last));
    }

    [Fact]
    public async Task Steps_supersession_cancel_and_expiry_are_as_with_any_number()
    {
        var first = await _service.VerifyAsync(Phones.Test, Steps.Of(new("call", Wait: 10), "call"));
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromSeconds(11));
        var steps = (await _service.ReadAsync(first)).Attempts.Count;
        var second = await _service.VerifyAsync(Phones.Test);
        await _service.CancelAsync(second);
        var third = await _service.VerifyAsync(Phones.Test);
        await _service.PumpAsync();
        await _service.PassAsync(TimeSpan.FromMinutes(7));
        await _service.SweepAsync();

        Assert.Equal(2, steps);
        Assert.Equal("superseded", await _service.ResultAsync(first));
        Assert.Equal("canceled", await _service.ResultAsync(second));
        Assert.Equal("expired", await _service.ResultAsync(third));
        Assert.DoesNotContain(_journal.Operations, operation => operation is { Port: TableNames.Statistics, Verb: "Insert" });
    }

    [Fact]
    public async Task A_flash_call_to_it_tells_a_number_that_ends_in_its_code()
    {
        var fixedCode = await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Test}}"}""");
        var given = await _service.PostAsync("/v1/calls/flash", $$"""{"number":"{{Phones.Test}}","code":"7777"}""");

        Assert.Equal(200, fixedCode.Status);
        Assert.EndsWith("3456", fixedCode.Text("from"), StringComparison.Ordinal);
        Assert.EndsWith("7777", given.Text("from"), StringComparison.Ordinal);
        Assert.Empty(_service.Simulator.Requests());
    }

    [Fact]
    public async Task Its_code_is_right_before_anything_was_dispatched()
    {
        var byCode = await _service.VerifyAsync(Phones.Test);
        Assert.Equal("WRONG_CODE", (await _service.CheckAsync(byCode, "9999")).Text("status"));
        Assert.Equal("VERIFIED", (await _service.CheckAsync(byCode, "3456")).Text("status"));

        var byCaller = await _service.VerifyAsync(Phones.Test);
        Assert.Equal("VERIFIED", (await CheckCallerAsync(byCaller, "00000003456")).Text("status"));
        await _service.PumpAsync();
        Assert.Equal("verified", await _service.ResultAsync(byCode));
        Assert.Equal("WRONG_CODE", (await CheckCallerAsync(await _service.VerifyAsync(Phones.Test), "37255503456")).Text("status"));
    }

    [Fact]
    public async Task A_number_that_is_taken_out_keeps_its_code_for_what_is_live()
    {
        var undispatched = await _service.VerifyAsync(Phones.Test);
        await _service.RestartAsync(new Settings
        {
            ["TestNumbers:0:Number"] = "+15005550007",
            ["TestNumbers:0:Code"] = "0000",
        });
        await _service.PumpAsync();

        Assert.Equal("VERIFIED", (await _service.CheckAsync(undispatched, "3456")).Text("status"));
        Assert.Empty(_service.Simulator.Requests());
    }

    [Fact]
    public async Task Without_any_provider_it_works_all_the_same()
    {
        await using var service = await TestService.StartAsync(new Settings(Numbers)
        {
            ["Routing:Order:call"] = "lanck",
            ["Providers:Lanck:TokenId"] = "",
            ["Providers:Lanck:TokenSecret"] = "",
            ["Providers:Lanck:InboundSmsToken"] = "",
        });

        Assert.Equal(400, (await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Ordinary}}","method":"call"}""")).Status);
        Assert.Equal("VERIFIED", (await service.CheckAsync(await service.VerifyAsync(Phones.Test), "3456")).Text("status"));
    }

    [Theory]
    [InlineData("sms", "\"text\":\"Hello\"")]
    [InlineData("messaging/push", "\"text\":\"Hello\"")]
    [InlineData("messaging/viber", "\"text\":\"Hello\"")]
    [InlineData("messaging/rcs", "\"text\":\"Hello\"")]
    [InlineData("messaging/failover", "\"flow\":[{\"type\":\"sms\",\"message\":{\"text\":\"Hello\"}}]")]
    [InlineData("calls/p2s", "\"code\":\"1234\"")]
    [InlineData("calls/t2s", "\"text\":\"Hello\"")]
    [InlineData("calls/flash", "\"language\":\"en\"")]
    public async Task Without_any_provider_messages_and_calls_to_it_end_by_its_outcome(string path, string more)
    {
        foreach (var (outcome, status)
            in ((string, string)[])[("verified", "DELIVERED"), ("undelivered", "UNDELIVERED"), ("answered", "DELIVERED")])
        {
            await using var service = await StartWithoutProvidersAsync(outcome);
            var real = await service.PostAsync($"/v1/{path}", $$"""{"number":"{{Phones.Ordinary}}",{{more}}}""");
            var answer = await service.PostAsync($"/v1/{path}", $$"""{"number":"{{Phones.Test}}",{{more}}}""");
            await service.PumpAsync();

            Assert.Equal((400, 10), (real.Status, real.ErrorCode));
            Assert.True(answer.Status is 200 or 202, answer.Body);
            Assert.Equal(status, (await service.ReadAsync(answer.Text("requestId"))).Text("status"));
            Assert.True(path != "calls/flash" || answer.Text("from").EndsWith("3456", StringComparison.Ordinal), answer.Body);
            Assert.Empty(service.Simulator.Requests());
        }
    }

    private static Task<TestService> StartWithoutProvidersAsync(string outcome) => TestService.StartAsync(
        new Settings(Numbers)
        {
            ["TestNumbers:0:Outcome"] = outcome,
            ["Routing:Order:call"] = "lanck",
            ["Providers:Lanck:TokenId"] = "",
            ["Providers:Lanck:TokenSecret"] = "",
            ["Providers:Lanck:InboundSmsToken"] = "",
        });

    private Task<Answer> CheckCallerAsync(string id, string caller) =>
        _service.PostAsync("/v1/verify/check", $$"""{"requestId":"{{id}}","cli":"{{caller}}"}""");
}
