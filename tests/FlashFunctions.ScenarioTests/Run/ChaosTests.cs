using FlashFunctions.Bench.Chaos;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>A short run of what <c>chaos</c> in bench/ does for minutes.</summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Kills_outages_failing_providers_and_disturbed_webhooks_lose_nothing_and_do_nothing_twice()
    {
        await using var text = new StringWriter();
        var run = new ChaosRun(
            new ChaosSettings { Duration = TimeSpan.FromSeconds(15), Seed = 20_261_128, Rate = 8, Speed = 8, KillAfter = (300, 1_500) },
            text);

        var result = await run.RunAsync(CancellationToken.None);

        output.WriteLine(text.ToString());
        Assert.Empty(result.Lost);
        Assert.Empty(result.Twice);
        Assert.Empty(result.Other);
        Assert.True(result is { Kills: >= 2, Accepted: >= 20, Verified: >= 5 }, text.ToString());
    }
}
