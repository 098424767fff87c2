using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>
/// Measured where it matters: what reaches a provider in a second, and how long a call waits behind a provider that hangs.
/// </summary>
public sealed class ProviderLimitTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task No_sliding_second_at_the_provider_holds_more_requests_than_it_allows()
    {
        const int Messages = 120;
        await using var service = await LiveService.StartAsync(("Providers:Lanck:RequestsPerSecond", "30"));
        var began = TimeProvider.System.GetTimestamp();
        var answers = await Task.WhenAll(Enumerable.Range(0, Messages).Select(message =>
            service.PostAsync("/v1/sms", $$"""{"number":"{{Phones.Of(message)}}","text":"Hello"}""")));
        var lookUps = await Task.WhenAll(Enumerable.Range(0, 30).Select(message =>
            service.PostAsync("/v1/insight/hlr", $$"""{"number":"{{Phones.Of(message)}}"}""")));
        await LiveService.UntilAsync(
            () => service.Simulator.Requests(SimulatedProviders.Lanck).Count(request => request.Path == "/v1/sms") >= Messages,
            Patience);

        DateTimeOffset[] arrived = [.. service.Simulator.Requests(SimulatedProviders.Lanck).Select(request => request.At).Order()];
        var most = arrived.Max(first => arrived.Count(at => at >= first && at < first + TimeSpan.FromSeconds(1)));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"at most {most} a second, {arrived.Length} in {TimeProvider.System.GetElapsedTime(began)}");
        Assert.All(answers, answer => Assert.Equal(202, answer.Status));
        Assert.All(
            lookUps,
            answer =>
                Assert.True(answer.Status == 200 ? answer.Text("status") == "DELIVERED" : answer is { Status: 503, RetryAfter: not null }));
        Assert.InRange(most, 1, 30);
        Assert.Equal(Messages, service.Simulator.Requests(SimulatedProviders.Lanck).Count(request => request.Path == "/v1/sms"));
    }

    [Fact]
    public async Task A_provider_that_hangs_does_not_hold_up_the_calls_of_another()
    {
        const int Hanging = 100;
        await using var service = await LiveService.StartAsync();
        await VerifyAsync(service, Phones.Of(9_000), "lanck");
        await LiveService.UntilAsync(() => Rang(service, Phones.Of(9_000)), Patience);
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Hang);
        await Task.WhenAll(Enumerable.Range(0, Hanging).Select(phone => VerifyAsync(service, Phones.Of(phone), "unibell")));
        await LiveService.UntilAsync(() => service.Simulator.Requests(SimulatedProviders.Unibell).Count >= 32, Patience);

        var waits = new List<TimeSpan>();
        for (var phone = 5_000; phone < 5_010; phone++)
        {
            await VerifyAsync(service, Phones.Of(phone), "lanck");
            waits.Add(await LiveService.UntilAsync(() => Rang(service, Phones.Of(phone)), Patience));
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"from verify to ring: {string.Join(", ", waits.Select(wait => (int)wait.TotalMilliseconds))} ms");
        Assert.InRange(service.Simulator.Requests(SimulatedProviders.Unibell).Count, 32, 64);
        Assert.InRange(waits.Max().TotalSeconds, 0, 5);
        Assert.InRange(waits.Order().ElementAt(5).TotalSeconds, 0, 1.5);
    }

    [Fact]
    public async Task Where_another_provider_can_take_the_step_it_does_not_wait_for_the_one_that_hangs()
    {
        await using var service = await LiveService.StartAsync();
        await service.Simulator.SetProviderModeAsync(SimulatedProviders.Unibell, SimulatedMode.Hang);
        await Task.WhenAll(Enumerable.Range(0, 40).Select(phone => VerifyAsync(service, Phones.Of(phone), "unibell")));
        await LiveService.UntilAsync(() => service.Simulator.Requests(SimulatedProviders.Unibell).Count >= 32, Patience);

        var answer = await service.PostAsync("/v1/verify", $$"""{"number":"{{Phones.Of(6_000)}}","method":"call"}""");
        await LiveService.UntilAsync(() => Rang(service, Phones.Of(6_000)), Patience);

        Assert.Equal(202, answer.Status);
    }

    private static bool Rang(LiveService service, string number) => service.Simulator.Phone(number)?.Calls > 0;

    private static async Task VerifyAsync(LiveService service, string number, string provider) => Assert.Equal(
        202, (await service.PostAsync("/v1/verify", $$"""{"number":"{{number}}","method":"call"{{Steps.CallsBy(provider)}}}""")).Status);
}
