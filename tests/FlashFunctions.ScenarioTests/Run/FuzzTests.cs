using FlashFunctions.Bench.Fuzz;
using FlashFunctions.ScenarioTests.Contract;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>A short run of what <c>fuzz</c> in bench/ does a hundred thousand times.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int Calls = 3_000;

    [Fact]
    public async Task Spoiled_calls_and_webhooks_cause_no_500_take_no_5_seconds_and_show_no_secret_in_an_answer_or_the_log()
    {
        await using var text = new StringWriter();
        var result = await new FuzzRun(Calls, seed: 20_261_128, text, ContractCheck.CheckAsync).RunAsync(CancellationToken.None);

        output.WriteLine(text.ToString());
        Assert.Empty(result.Faults);
        Assert.Equal(Calls, result.Sent);
        Assert.InRange(result.Memory.Max(memory => memory.Process >> 20), 1, 600);
        Assert.InRange(result.Memory.Max(memory => memory.Managed >> 20), 1, 200);
        Assert.All((int[])[200, 202, 400, 401, 404], status => Assert.True(result.Statuses.ContainsKey(status), $"no {status}"));
    }
}
