using System.Diagnostics;

namespace FlashFunctions.Tests.Infra;

/// <summary>Runs eng/bicep-check on Node, after installing its packages from the lock file where they are missing.</summary>
internal static class BicepCheck
{
    private const string NoNode = "FLASHFUNCTIONS_NO_NODE";
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    public static string Infra => Repository.Path("infra");

    private static string Tool => Repository.Path("eng", "bicep-check");

    /// <summary>What a script of the checker says about a folder, and its exit code. Without Node the test is reported as not run.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(string script, string folder)
    {
        Assert.SkipWhen(
            string.Equals(Environment.GetEnvironmentVariable(NoNode), "1", StringComparison.Ordinal),
            $"NOT RUN: there is no Node here ({NoNode}=1), so nobody has checked infra/.");
        await Installed.Value;
        return await StartAsync("node", [Path.Combine(Tool, script), folder]);
    }

    private static async Task InstallAsync()
    {
        var installed = new FileInfo(Path.Combine(Tool, "node_modules", ".package-lock.json"));
        if (installed.Exists && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(Tool, "package-lock.json")))
        {
            return;
        }

        var (exitCode, output) = await StartAsync(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci"]);
        Assert.True(exitCode == 0, $"npm ci in eng/bicep-check failed: {output}");
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
        return (process.ExitCode, output + await error);
    }
}
