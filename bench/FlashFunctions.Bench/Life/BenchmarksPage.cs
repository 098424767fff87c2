using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using FlashFunctions.Bench.StartUp;

namespace FlashFunctions.Bench.Life;

/// <summary>Measures and writes docs/benchmarks.md.</summary>
internal static class BenchmarksPage
{
    private const int Due = 1_000;

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var file = new Option<string>("--file") { Description = "The page to write.", DefaultValueFactory = _ => "docs/benchmarks.md" };
        var lives = new Option<int>("-n")
        {
            Description = "Lives at each number in flight, 20 to 100,000.",
            DefaultValueFactory = _ => 2_000,
        };
        var starts = new Option<int>("--starts") { Description = "Starts of each worker, 1 to 200.", DefaultValueFactory = _ => 15 };
        var stored = new Option<int[]>("--stored")
        {
            Description = "Verifications stored besides 1,000 that are due: ended ones, and as many as the most of these open.",
            DefaultValueFactory = _ => [0, 100_000, 1_000_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "benchmarks", "Measures whole lives of verifications, the timer and the start of a worker, and writes the page of it.")
        {
            file, lives, stored, starts,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await WriteAsync(
                Math.Clamp(parsed.GetValue(lives), 20, 100_000),
                parsed.GetValue(stored)!,
                Math.Clamp(parsed.GetValue(starts), 1, 200),
                cancellationToken);
            await File.WriteAllTextAsync(parsed.GetValue(file)!, text, cancellationToken);
            Console.WriteLine(text);
        });
        return command;
    }

    private static async Task<string> WriteAsync(int lives, int[] stored, int starts, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Benchmarks

            Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} by `dotnet run -c Release --project bench/FlashFunctions.Bench -- benchmarks`, which writes this page:
            {Environment.ProcessorCount} processors ({RuntimeInformation.ProcessArchitecture}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB of memory, {RuntimeInformation.FrameworkDescription}. The embedded store, the
            service under LocalHost in a process of its own; the load, the simulated providers and the account's backend share the machine with it. A busy machine
            shows in the 95th percentiles first.

            ## A whole life

            verify → ring → the provider's webhooks → check → report to the provider → callbacks to the account, by flash call. Times are p50 / p95 in
            milliseconds. *Ring* begins with the answer of verify, and is below 0 where the phone rang before the answer was read; *callback* begins with the answer of
            check.

            | in flight | lives/s | verify | ring | check | callback | CPU ms a life | MB | bad |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- |

            """);
        await WriteLivesAsync(text, lives, cancellationToken);
        await WriteTimerAsync(text, stored, cancellationToken);
        text.Append("""

            ## The start of a worker

            Until the host has every function loaded, against a worker of the same packages with one function that does nothing; *compiled ahead* is
            `dotnet publish --runtime linux-x64`, as `infra/deploy.sh` publishes. Medians.


            """);
        text.Append(await StartUpBench.RunAsync(starts, cancellationToken));
        return text.ToString();
    }

    private static async Task WriteLivesAsync(StringBuilder text, int lives, CancellationToken cancellationToken)
    {
        foreach (var result in await LifeBench.RunAsync([(1, Math.Max(20, lives / 5)), (10, lives), (64, lives)], cancellationToken))
        {
            text.AppendLine(result.Row.Trim());
        }

        var calls = await LifeBench.CountCallsAsync(100, cancellationToken);
        text.Append(CultureInfo.InvariantCulture, $"""

            ## Calls of the store in a life

            {calls.Sum(call => call.Each):F1} in all with callbacks, by table or queue and verb; receiving and deleting messages is the host's and not among them.

            | call | a life |
            | --- | --- |

            """);
        foreach (var (call, each) in calls)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {call} | {each:F1} |"));
        }
    }

    private static async Task WriteTimerAsync(StringBuilder text, int[] stored, CancellationToken cancellationToken)
    {
        text.Append("""

            ## The timer

            One run over verifications that all expired in the minute before, beside others, which ended two days ago or are open and due in two days; then
            the next run, which finds nothing. The look for what stands still passes over all that is open, and never over what is past.

            | due | stored besides | the run | CPU each | the next run |
            | --- | --- | --- | --- | --- |

            """);
        foreach (var others in stored)
        {
            text.AppendLine((await SweepBench.RunAsync(Due, others, areOpen: false, cancellationToken)).Trim());
        }

        text.AppendLine((await SweepBench.RunAsync(Due, stored.Max(), areOpen: true, cancellationToken)).Trim());
        text.AppendLine((await SweepBench.RunAsync(100 * Due, others: 0, areOpen: false, cancellationToken)).Trim());
    }
}
