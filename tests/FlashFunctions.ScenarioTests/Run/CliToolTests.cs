using System.Diagnostics;

namespace FlashFunctions.ScenarioTests.Run;

public sealed class CliToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flashfunctions-tool-").FullName;

    [Fact]
    public async Task The_operators_program_is_packed_installed_and_run_as_a_tool()
    {
        var project = Path.Combine(RepositoryFolder(), "src", "FlashFunctions.Cli", "FlashFunctions.Cli.csproj");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var packages = Path.Combine(_folder, "packages");
        var tools = Path.Combine(_folder, "tools");

        await RunAsync("dotnet", "pack", project, "-c", configuration, "--no-build", "-o", packages);
        await RunAsync("dotnet", "tool", "install", "FlashFunctions.Cli", "--tool-path", tools, "--source", packages);
        var help = await RunAsync(Path.Combine(tools, "flashfunctions"), "--help");

        Assert.Contains("accounts", help, StringComparison.Ordinal);
        Assert.Contains("dead-letters", help, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["DOTNET_CLI_HOME"] = _folder;
        start.Environment["DOTNET_NOLOGO"] = "1";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {output}{await errors}");
        return output;
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
