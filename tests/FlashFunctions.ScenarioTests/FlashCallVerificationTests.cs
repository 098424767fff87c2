using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

public sealed class FlashCallVerificationTests
{
    private const string Number = "+37253000001";

    [Theory]
    [InlineData("unibell")]
    [InlineData("revicom")]
    [InlineData("bird")]
    [InlineData("lanck")]
    public async Task A_number_is_verified_by_a_flash_call_of_each_provider(string provider)
    {
        await using var service = await TestService.StartAsync();
        var id = await service.VerifyAsync(Number, Steps.CallsBy(provider));
        await service.PumpAsync();

        var check = await service.CheckAsync(id, service.CodeOn(Number));

        Assert.Equal(200, check.Status);
        Assert.Equal("VERIFIED", check.Text("status"));
        var request = await service.ReadAsync(id);
        Assert.Equal("verified", request.Text("result"));
        Assert.Equal("DELIVERED", request.Text("status"));
        Assert.Equal(provider, request.Attempts[0].GetProperty("provider").GetString());
        Assert.Equal(1, service.CallsTo(Number));
        await service.PumpAsync();
        if (provider != "unibell")
        {
            Assert.Contains(service.Simulator.Reports, report => report.Provider.StartsWith(provider, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_answer_never_contains_the_code_or_the_caller_number()
    {
        await using var service = await TestService.StartAsync();
        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Number}}","method":"call"}""");
        var id = answer.Text("requestId");
        await service.PumpAsync();
        var caller = service.Simulator.Phone(Number)!.LastCaller!;

        var request = await service.ReadAsync(id);

        Assert.DoesNotContain(caller, answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(caller, request.Body, StringComparison.Ordinal);
        Assert.Equal($"+{caller[..^4]}****", request.Text("from"));
    }
}
