using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace FlashFunctions.Bench.Life;

/// <summary>Measures and writes docs/benchmarks.md.</summary>
internal static class BenchmarksPage
{
    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var file = new Option<string>("--file") { Description = "The page to write.", DefaultValueFactory = _ => "docs/benchmarks.md" };
        var lives = new Option<int>("-n")
        {
            Description = "Lives at each number in flight, 20 to 100,000.",
            DefaultValueFactory = _ => 2_000,
        };
        var due = new Option<int[]>("--due")
        {
            Description = "Verifications that expire in the same minute.",
            DefaultValueFactory = _ => [1_000, 100_000],
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "benchmarks", "Measures whole lives of verifications and the timer, and writes the page of it.") { file, lives, due };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = await WriteAsync(Math.Clamp(parsed.GetValue(lives), 20, 100_000), parsed.GetValue(due)!, cancellationToken);
            await File.WriteAllTextAsync(parsed.GetValue(file)!, text, cancellationToken);
            Console.WriteLine(text);
        });
        return command;
    }

    private static async Task<string> WriteAsync(int lives, int[] due, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # Benchmarks

            Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} by
            `dotnet run -c Release --project bench/FlashFunctions.Bench -- benchmarks`, which writes this page:
            {Machine()}. The embedded store, the service under LocalHost in a process of its own; the load,
            the simulated providers and the account's backend share the machine with it. A busy machine shows in the 95th percentiles first.

            ## A whole life

            verify → ring → the provider's webhooks → check → report to the provider → callbacks to the account, by flash call. Times are
            p50 / p95 in milliseconds. *Ring* begins with the answer of verify, and is below 0 where the phone rang before the answer was
            read; *callback* begins with the answer of check.

            | in flight | lives/s | verify | ring | check | callback | CPU ms a life | MB | bad |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- |

            """);
        foreach (var result in await LifeBench.RunAsync([(1, Math.Max(20, lives / 5)), (10, lives), (64, lives)], cancellationToken))
        {
            text.AppendLine(result.Row);
        }

        var calls = await LifeBench.CountCallsAsync(100, cancellationToken);
        text.Append(CultureInfo.InvariantCulture, $"""

            ## Calls of the store in a life

            {calls.Sum(call => call.Each):F1} in all with callbacks, by table or queue and verb; receiving and deleting messages is the
            host's and not among them.

            | call | a life |
            | --- | --- |

            """);
        foreach (var (call, each) in calls)
        {
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"| {call} | {each:F1} |"));
        }

        text.Append("""

            ## The timer

            One run over verifications that all expired in the minute before, beside others that are stored and not due; then the next run,
            which finds nothing.

            | due | stored besides | the run | CPU each | the next run |
            | --- | --- | --- | --- | --- |

            """);
        foreach (var count in due)
        {
            text.AppendLine((await SweepBench.RunAsync(count, others: 0, cancellationToken)).Trim());
        }

        text.AppendLine((await SweepBench.RunAsync(due[0], others: due[^1], cancellationToken)).Trim());
        return text.ToString();
    }

    private static string Machine() => FormattableString.Invariant(
            $"{Environment.ProcessorCount} processors ({RuntimeInformation.ProcessArchitecture}), ")
        + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB of memory, {RuntimeInformation.FrameworkDescription}";
}
