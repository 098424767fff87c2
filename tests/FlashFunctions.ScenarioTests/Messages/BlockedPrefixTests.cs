using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>Numbers that nothing is sent to.</summary>
public sealed class BlockedPrefixTests
{
    [Theory]
    [InlineData("verify", """ "method":"call" """)]
    [InlineData("calls/flash", """ "callbackUrl":null """)]
    [InlineData("calls/p2s", """ "code":"1234" """)]
    [InlineData("calls/t2s", """ "text":"x" """)]
    [InlineData("sms", """ "text":"x" """)]
    [InlineData("messaging/viber", """ "text":"x" """)]
    [InlineData("messaging/failover", """ "flow":[{"type":"sms","message":{"text":"x"}}] """)]
    public async Task A_blocked_prefix_is_refused_before_anything_is_sent(string path, string more)
    {
        await using var service = await StartAsync("Guard:BlockedPrefixes", "+881, 3725300");

        var blocked = await service.PostAsync($"/v1/{path}", $$"""{"number":"+37253000001",{{more}}}""");
        var other = await service.PostAsync($"/v1/{path}", $$"""{"number":"+37253100001",{{more}}}""");

        Assert.Equal((403, 30), (blocked.Status, blocked.ErrorCode));
        Assert.InRange(other.Status, 200, 202);
    }

    [Theory]
    [InlineData("verify", """ "method":"call" """)]
    [InlineData("calls/flash", """ "callbackUrl":null """)]
    [InlineData("calls/p2s", """ "code":"1234" """)]
    public async Task A_number_known_from_fraud_is_refused_where_that_is_switched_on(string path, string more)
    {
        await using var service = await StartAsync("Guard:FraudCheck", "true");

        var fraud = await service.PostAsync($"/v1/{path}", $$"""{"number":"+37253000064",{{more}}}""");
        var other = await service.PostAsync($"/v1/{path}", $$"""{"number":"+37253000001",{{more}}}""");

        Assert.Equal((403, 30), (fraud.Status, fraud.ErrorCode));
        Assert.InRange(other.Status, 200, 202);
        await service.PumpAsync();
        Assert.Null(service.Simulator.Phone("+37253000064"));
    }

    [Fact]
    public async Task Nobody_is_asked_about_fraud_by_default()
    {
        await using var service = await TestService.StartAsync();

        await service.VerifyAsync("+37253000064");

        Assert.Empty(Upstream.To(service, "insight/fraudcheck"));
    }

    [Theory]
    [InlineData(SimulatedMode.Unavailable)]
    [InlineData(SimulatedMode.Hang)]
    public async Task No_answer_lets_a_number_through(SimulatedMode mode)
    {
        await using var service = await StartAsync("Guard:FraudCheck", "true");
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Lanck, mode, TestContext.Current.CancellationToken);

        await service.VerifyAsync("+37253000064");
        await service.PumpAsync();

        Assert.Equal(1, service.CallsTo("+37253000064"));
    }

    [Fact]
    public async Task A_number_known_from_fraud_is_not_checked_again_and_again()
    {
        await using var service = await StartAsync("Guard:FraudCheck", "true");
        const string Body = """{"number":"+37253000064","method":"call"}""";

        Assert.Equal(30, (await service.PostAsync("/v1/verify", Body)).ErrorCode);
        Assert.Equal(4, (await service.PostAsync("/v1/verify", Body)).ErrorCode);

        Assert.Single(Upstream.To(service, "insight/fraudcheck"));
    }

    private static Task<TestService> StartAsync(string setting, string value) =>
        TestService.StartAsync(new Settings { [setting] = value });
}
