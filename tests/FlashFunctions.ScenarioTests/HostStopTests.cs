using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Workflows;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>
/// A host that stops cancels the functions that are running, and waits for them: at every deployment and whenever it scales in.
/// </summary>
public sealed class HostStopTests
{
    private const int Slow = 92;

    [Fact]
    public async Task A_call_that_is_under_way_is_saved_with_its_answer()
    {
        await using var service = await TestService.StartAsync(slowAnswer: TimeSpan.FromSeconds(5));
        var number = Phones.With(Slow);
        var id = await service.VerifyByAsync(number, "unibell");
        using var stopping = new CancellationTokenSource();
        var run = service.Service<StepDispatcher>().RunAsync(new StepJob(id, 0, StepCause.Accepted), stopping.Token);
        while (service.CallsTo(number) == 0 && !run.IsCompleted)
        {
            await Task.Yield();
        }

        await stopping.CancelAsync();
        Assert.False(run.IsCompleted);
        await service.UnstickAsync(run);
        await service.Host.PumpQueuesAsync();
        Assert.Equal("placed", Assert.Single((await service.ReadAsync(id)).Attempts).GetProperty("state").GetString());
        Assert.Equal(1, service.CallsTo(number));
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(number))).Text("status"));
    }

    [Fact]
    public async Task A_claimed_call_that_waits_for_the_providers_rate_is_placed_and_saved()
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Providers:Unibell:RequestsPerSecond"] = "4" });
        var first = await service.VerifyByAsync(Phones.Of(1), "unibell");
        var id = await service.VerifyByAsync(Phones.Ordinary, "unibell");
        var dispatcher = service.Service<StepDispatcher>();
        using var stopping = new CancellationTokenSource();
        await service.UnstickAsync(dispatcher.RunAsync(new StepJob(first, 0, StepCause.Accepted), CancellationToken.None));
        var run = dispatcher.RunAsync(new StepJob(id, 0, StepCause.Accepted), stopping.Token);
        while (service.Clock.NextPause is null && !run.IsCompleted)
        {
            await Task.Yield();
        }

        var claimed = Assert.Single((await service.StoredAsync(id)).Attempts);
        await stopping.CancelAsync();
        Assert.Equal((AttemptState.Starting, 0), (claimed.State, service.CallsTo(Phones.Ordinary)));
        Assert.False(run.IsCompleted);
        await service.UnstickAsync(run);
        await service.Host.PumpQueuesAsync();
        Assert.Equal("placed", Assert.Single((await service.ReadAsync(id)).Attempts).GetProperty("state").GetString());
        Assert.Equal(1, service.CallsTo(Phones.Ordinary));
        Assert.Equal("VERIFIED", (await service.CheckAsync(id, service.CodeOn(Phones.Ordinary))).Text("status"));
    }
}
