using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Bench.Chaos;

namespace FlashFunctions.AzuriteTests.Service;

/// <summary>
/// A short run of what <c>chaos --store azurite</c> in bench/ does for minutes: two instances, of which one is killed at a time.
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Kills_of_two_instances_outages_and_failing_providers_lose_nothing_and_do_nothing_twice_on_Azurite()
    {
        SharedAzurite.RequireAzurite();
        await using var text = new StringWriter();
        var run = new ChaosRun(
            new ChaosSettings
            {
                Duration = TimeSpan.FromSeconds(12),
                Seed = 20_261_128,
                Azurite = true,
                Rate = 2,
                Speed = 4,
                ExpiresIn = (60, 75),
                KillAfter = (500, 3_000),
                OutageAfter = (6_000, 9_000),
            },
            text);

        var result = await run.RunAsync(CancellationToken.None);

        output.WriteLine(text.ToString());
        Assert.Empty(result.Lost);
        Assert.Empty(result.Twice);
        Assert.Empty(result.Other);
        Assert.True(result is { Kills: >= 1, Accepted: >= 5 }, text.ToString());
    }
}
