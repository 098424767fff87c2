using System.Diagnostics;
using System.Globalization;

namespace FlashFunctions.Tests.Infra;

/// <summary>The build step of ./run and ./test (eng/dotnet.sh), with a stand-in for dotnet.</summary>
public sealed class BuildScriptTests : IDisposable
{
    private readonly string _checkout = Directory.CreateTempSubdirectory("flashfunctions-build-").FullName;

    public BuildScriptTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "NOT RUN: the stand-in is a shell script.");

        // Two at once would be seen.
        AddDotnet("mkdir busy || exit 1; echo built >>log; ls >/dev/null; rmdir busy");
    }

    [Fact]
    public async Task Builds_of_one_checkout_run_one_after_another()
    {
        var builds = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => BuildAsync()));

        Assert.All(builds, build => Assert.True(build.ExitCode == 0, build.Output));
        Assert.Equal(3, (await File.ReadAllLinesAsync(Path.Combine(_checkout, "log"))).Length);
    }

    [Fact]
    public async Task A_build_that_was_killed_does_not_hold_up_the_next()
    {
        using var gone = Process.Start(new ProcessStartInfo("true") { UseShellExecute = false })!;
        await gone.WaitForExitAsync();
        File.CreateSymbolicLink(Path.Combine(_checkout, ".build-lock"), gone.Id.ToString(CultureInfo.InvariantCulture));

        var build = await BuildAsync();

        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Null(new FileInfo(Path.Combine(_checkout, ".build-lock")).LinkTarget);
    }

    [Fact]
    public async Task A_build_that_fails_says_why_and_lets_the_next_one_in()
    {
        AddDotnet("echo 'Program.cs(1,1): error CS0103: no such name'; exit 1");
        var failed = await BuildAsync();
        AddDotnet("exit 0");
        var next = await BuildAsync();

        Assert.Equal((1, 0), (failed.ExitCode, next.ExitCode));
        Assert.Contains("error CS0103", failed.Output, StringComparison.Ordinal);
        Assert.Contains("The build failed.", failed.Output, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_checkout, recursive: true);

    // With set -e, as ./run has it.
    private async Task<(int ExitCode, string Output)> BuildAsync()
    {
        var script = $"set -euo pipefail; cd '{_checkout}'; . '{Repository.Path("eng", "dotnet.sh")}'; build_quietly App.sln";
        var start = new ProcessStartInfo("bash", ["-c", script])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = $"{_checkout}:/usr/bin:/bin";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }

    private void AddDotnet(string body)
    {
        var path = Path.Combine(_checkout, "dotnet");
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
