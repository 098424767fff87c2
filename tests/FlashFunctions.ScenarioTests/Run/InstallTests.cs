namespace FlashFunctions.ScenarioTests.Run;

/// <summary>The installation of Azurite's packages, with stand-ins for node and npm.</summary>
public sealed class InstallTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("flashfunctions-install-");
    private readonly string _tools;
    private readonly string _packages;

    public InstallTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: the stand-ins are shell scripts.");
        _tools = _root.CreateSubdirectory("tools").FullName;
        _packages = _root.CreateSubdirectory("packages").FullName;
        File.WriteAllText(Path.Combine(_packages, "package.json"), "{}");
        File.WriteAllText(Path.Combine(_packages, "package-lock.json"), "1");
        File.WriteAllText(Path.Combine(_packages, ".npmrc"), "");
        AddTool("node", "echo v20.1.0");

        // Two at once would be seen; the folder is complete only at the end, as npm's is.
        AddTool("npm", $"""
            mkdir '{_root}/busy' || exit 1
            echo "npm $*" >>'{Log}'
            mkdir -p node_modules/azurite
            for i in 1 2 3 4 5 6 7 8 9; do echo $i >node_modules/azurite/$i; done
            cp package-lock.json node_modules/azurite/complete
            rmdir '{_root}/busy'
            """);
    }

    private string Log => Path.Combine(_root.FullName, "log");

    private string[] Installations => File.Exists(Log) ? File.ReadAllLines(Log) : [];

    [Fact]
    public async Task Processes_that_all_find_no_packages_install_them_once()
    {
        var runs = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => InstallAsync()));

        Assert.All(runs, run => Assert.Equal((0, ""), (run.ExitCode, run.Errors)));
        Assert.Equal(["npm ci"], Installations);
        AssertInstalled("1");
    }

    [Fact]
    public async Task They_are_installed_again_once_the_lock_file_is_another()
    {
        await InstallAsync();
        await File.WriteAllTextAsync(Path.Combine(_packages, "package-lock.json"), "2");

        var runs = await Task.WhenAll(InstallAsync(), InstallAsync());

        Assert.All(runs, run => Assert.Equal(0, run.ExitCode));
        Assert.Equal(2, Installations.Length);
        AssertInstalled("2");
    }

    [Fact]
    public async Task What_a_killed_installation_left_behind_is_not_used()
    {
        Directory.CreateDirectory(Path.Combine(_packages, "node_modules", "azurite"));
        await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(_packages, ".install-OLD")).FullName, "half"), "");

        var run = await InstallAsync();

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        AssertInstalled("1");
    }

    [Fact]
    public async Task An_installation_that_fails_is_said_and_can_be_repeated()
    {
        AddTool("npm", """
            mkdir node_modules
            echo "no network" >&2
            exit 1
            """);
        var failed = await InstallAsync();
        var again = await InstallAsync();

        Assert.Equal((1, 1), (failed.ExitCode, again.ExitCode));
        Assert.Contains("no network", failed.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_packages, "node_modules")));
    }

    [Theory]
    [InlineData("echo v18.20.0", "node v18.20.0 is too old")]
    [InlineData("exit 127", "node does not work")]
    public async Task Without_a_node_that_will_do_nothing_is_installed(string node, string reason)
    {
        AddTool("node", node);

        var run = await InstallAsync();

        Assert.Equal((3, $"Azurite needs Node 20 or later, and {reason}."), (run.ExitCode, run.Errors.Trim()));
        Assert.Empty(Installations);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private Task<(int ExitCode, string Output, string Errors)> InstallAsync() => ServiceProcess.RunAsync(
        ["install-azurite", _packages], ("PATH", $"{_tools}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}"));

    private void AssertInstalled(string version)
    {
        Assert.Equal(version, File.ReadAllText(Path.Combine(_packages, "node_modules", "azurite", "complete")));
        Assert.Empty(Directory.EnumerateDirectories(_packages, ".install-*"));
    }

    private void AddTool(string name, string body)
    {
        var path = Path.Combine(_tools, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{body.ReplaceLineEndings("\n")}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
