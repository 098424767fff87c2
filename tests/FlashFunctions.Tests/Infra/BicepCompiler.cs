using System.Diagnostics;
using System.Reflection;

namespace FlashFunctions.Tests.Infra;

/// <summary>
/// The Bicep compiler: out of the NuGet package that this project downloads where there is one for the platform, else the one on PATH.
/// It works offline.
/// </summary>
internal static class BicepCompiler
{
    private static readonly string? Program = Packaged() ?? OnPath();

    public static string Infra => Repository.Path("infra");

    /// <summary>What the compiler says, and its exit code. Where there is no compiler the test is reported as not run.</summary>
    public static async Task<(int ExitCode, string Output, string Messages)> RunAsync(params string[] arguments)
    {
        Assert.SkipWhen(
            Program is null,
            "NOT RUN: there is no Bicep compiler here, so nobody has compiled infra/. Put bicep on PATH (az bicep install).");
        var start = new ProcessStartInfo(Program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        Repository.ForgetOwnVariables(start.Environment);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
        var messages = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await messages);
    }

    /// <summary>Compares a parameter file's snapshot with what it deploys today, or writes it.</summary>
    public static Task<(int ExitCode, string Output, string Messages)> SnapshotAsync(
        string parameters, string mode = "validate") => RunAsync(
        "snapshot",
        parameters,
        "--mode",
        mode,
        "--tenant-id",
        "00000000-0000-0000-0000-000000000001",
        "--subscription-id",
        "00000000-0000-0000-0000-000000000002",
        "--resource-group",
        "rg-flashfunctions",
        "--location",
        "westeurope",
        "--deployment-name",
        "flashfunctions");

    private static string? Packaged() => typeof(BicepCompiler).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Where(attribute => attribute.Key == "Bicep")
        .Select(attribute => attribute.Value)
        .FirstOrDefault(File.Exists);

    private static string? OnPath() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "bicep.exe" : "bicep"))
        .FirstOrDefault(File.Exists);
}
