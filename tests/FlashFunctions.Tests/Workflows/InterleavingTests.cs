using FlashFunctions.Bench.Interleavings;

namespace FlashFunctions.Tests.Workflows;

/// <summary>
/// Acceptor, guard, dispatch and check of one number side by side, in orders of small scenarios, one after the other, and in random orders
/// of larger ones.
/// </summary>
public sealed class InterleavingTests(ITestOutputHelper output)
{
    [Fact]
    public async Task No_order_of_the_storage_calls_breaks_a_rule()
    {
        var result = await new InterleavingRun(mostOfAScenario: 150).RunAsync(schedules: 800, seed: 20_261_128, CancellationToken.None);

        output.WriteLine($"{result.Total}: {string.Join(", ", result.Seen.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.Empty(result.Broken.Take(10));
        Assert.InRange(result.Distinct, 700, 800);
        Assert.All(
            (string[])
            [
                "accepted", "verified", "wrong codes", "canceled", "next steps", "refused with 4", "checks refused with 23", "jobs twice",
                "lost answers", "places taken",
            ],
            what => Assert.True(result.Seen.GetValueOrDefault(what) > 0, $"nothing was {what}"));
    }

    [Fact]
    public async Task The_same_seed_runs_the_same_schedules()
    {
        var (first, second) = (new InterleavingRun(mostOfAScenario: 1), new InterleavingRun(mostOfAScenario: 1));

        Assert.Equal(
            (await first.RunAsync(schedules: 60, seed: 7, CancellationToken.None)).Seen,
            (await second.RunAsync(schedules: 60, seed: 7, CancellationToken.None)).Seen);
    }
}
