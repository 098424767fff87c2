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
        var result = await Task.Run(() =>
        {
            using var run = new InterleavingRun(mostOfAScenario: 150);
            return run.Run(schedules: 800, seed: 20_261_128);
        });

        output.WriteLine(
            $"{result.Exhausted} and {result.Random}: {string.Join(", ", result.Seen.Select(pair => $"{pair.Value} {pair.Key}"))}");
        Assert.Empty(result.Broken.Take(10));
        Assert.All(
            (string[])
            [
                "accepted", "verified", "wrong codes", "canceled", "next steps", "refused with 4", "checks refused with 23", "jobs twice",
                "lost answers",
            ],
            what => Assert.True(result.Seen.GetValueOrDefault(what) > 0, $"nothing was {what}"));
    }
}
