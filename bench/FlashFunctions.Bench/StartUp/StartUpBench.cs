using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FlashFunctions.Bench.StartUp;

/// <summary>What the start of the function app costs, against a worker of the same packages that has nothing to do.</summary>
internal static class StartUpBench
{
    private const string App = "src/FlashFunctions";
    private const string Empty = "bench/FlashFunctions.EmptyWorker";

    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
        ["FUNCTIONS_WORKER_RUNTIME"] = "dotnet-isolated",
        ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
        ["Storage"] = "UseDevelopmentStorage=true",
        ["Storage__createAtStart"] = "false",
        ["Service__PublicAddress"] = "http://127.0.0.1:7071",
        ["Security__ServiceKey"] = "Zm9yIGRldmVsb3BtZW50IG9ubHksIG5vdCBhIHNlY3JldA==",
        ["Security__ActiveCodeKey"] = "dev",
        ["Security__CodeKeys__dev"] = "Zm9yIGRldmVsb3BtZW50IG9ubHksIG5vdCBhIHNlY3JldA==",
    };

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var starts = new Option<int>("-n") { Description = "Starts of each, 1 to 200.", DefaultValueFactory = _ => 15 };
        var command = new Command(
            "startup", "Publishes the function app and an empty worker of the same packages, starts each in turn, and compares.")
        {
            starts,
        };
        command.SetAction(async (parsed, cancellationToken) =>
            Console.Write(await RunAsync(Math.Clamp(parsed.GetValue(starts), 1, 200), cancellationToken)));
        return command;
    }

    /// <summary>Publishes both, starts them in turn, and gives the table.</summary>
    public static async Task<string> RunAsync(int starts, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flash-startup-").FullName;
        try
        {
            (string Name, string Assembly)[] workers =
            [
                ("empty", await PublishAsync(Empty, folder, readyToRun: false, cancellationToken)),
                ("FlashFunctions", await PublishAsync(App, folder, readyToRun: false, cancellationToken)),
                ("empty, compiled ahead", await PublishAsync(Empty, folder, readyToRun: true, cancellationToken)),
                ("FlashFunctions, compiled ahead", await PublishAsync(App, folder, readyToRun: true, cancellationToken)),
            ];
            var measured = workers.Select(_ => new List<WorkerStart>()).ToArray();
            for (var round = 0; round <= starts; round++)
            {
                foreach (var (worker, results) in workers.Zip(measured))
                {
                    var start = await FunctionsHost.StartAsync(worker.Assembly, Settings, cancellationToken);
                    if (round > 0)
                    {
                        // The first start of each reads its files from the disk.
                        results.Add(start);
                    }
                }
            }

            return Table(workers, measured);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Table((string Name, string Assembly)[] workers, List<WorkerStart>[] measured)
    {
        var table = new StringBuilder("""
            | worker | functions | CPU ms | against empty | ms to loaded | MB |
            | --- | --- | --- | --- | --- | --- |

            """);
        var processor = measured.Select(starts => Median(starts, start => start.Processor.TotalMilliseconds)).ToArray();
        for (var i = 0; i < workers.Length; i++)
        {
            table.AppendLine(string.Create(CultureInfo.InvariantCulture, $"""
                | {workers[i].Name} | {measured[i][0].Functions} | {processor[i]:F0} | {processor[i] / processor[i - (i % 2)]:F2} × | {Median(measured[i], start => start.Took.TotalMilliseconds):F0} | {Median(measured[i], start => start.Memory / 1e6):F0} |
                """));
        }

        return table.ToString();
    }

    private static double Median(IEnumerable<WorkerStart> starts, Func<WorkerStart, double> value)
    {
        var sorted = starts.Select(value).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static async Task<string> PublishAsync(string project, string folder, bool readyToRun, CancellationToken cancellationToken)
    {
        var output = Path.Combine(folder, Path.GetFileName(project) + (readyToRun ? "-ahead" : ""));
        string[] ahead = readyToRun ? ["--runtime", "linux-x64"] : [];
        var publish = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["publish", project, "--configuration", "Release", "--output", output, "--nologo", "--verbosity", "quiet", .. ahead]))!;
        await publish.WaitForExitAsync(cancellationToken);
        return publish.ExitCode == 0
            ? Path.Combine(output, Path.GetFileName(project) + ".dll")
            : throw new InvalidOperationException($"{project} could not be published.");
    }
}
