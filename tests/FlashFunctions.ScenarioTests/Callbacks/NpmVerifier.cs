using System.Diagnostics;
using System.Text.Json;

namespace FlashFunctions.ScenarioTests.Callbacks;

/// <summary>Verifies callbacks as a receiver on Node would: eng/webhook-check, whose packages are installed from the lock file where they are missing.</summary>
internal static class NpmVerifier
{
    private const string NoNode = "FLASHFUNCTIONS_NO_NODE";
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    private static string Tool { get; } = Path.Combine(RepositoryFolder(), "eng", "webhook-check");

    /// <summary>What the library says of each: “taken”, or why it is refused. Without Node the test is reported as not run.</summary>
    public static async Task<IReadOnlyList<string>> VerifyAsync(IEnumerable<(string Secret, Received Callback)> callbacks)
    {
        Assert.SkipWhen(
            string.Equals(Environment.GetEnvironmentVariable(NoNode), "1", StringComparison.Ordinal),
            $"NOT RUN: there is no Node here ({NoNode}=1), so nobody has verified the signatures.");
        await Installed.Value;
        var file = Path.GetTempFileName();
        try
        {
            var list = callbacks.Select(one => new { secret = one.Secret, headers = one.Callback.Headers, body = one.Callback.Body });
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(list));
            var (exitCode, output) = await StartAsync("node", ["verify.mjs", file]);
            Assert.True(exitCode == 0, output);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(Tool, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Tool, "package-lock.json")))
        {
            return;
        }

        var (exitCode, output) = await StartAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci"]);
        Assert.True(exitCode == 0, $"npm ci in eng/webhook-check failed: {output}");
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Tool,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await error);
    }

    private static string RepositoryFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FlashFunctions.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
