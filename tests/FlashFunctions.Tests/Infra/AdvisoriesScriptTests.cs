namespace FlashFunctions.Tests.Infra;

/// <summary>eng/advisories.sh, with a stand-in for dotnet.</summary>
public sealed class AdvisoriesScriptTests : IDisposable
{
    private const string Nothing = """{"projects":[{"path":"a.csproj"}]}""";

    private const string Found = """
        {"projects":[{"frameworks":[{"transitivePackages":[{"id":"Old.Package","resolvedVersion":"1.0.0",
        "vulnerabilities":[{"severity":"High","advisoryurl":"https://advisories.example/1"}]}]}]}]}
        """;

    private readonly StandInTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Theory]
    [InlineData(Found, Nothing, 0, "No package has a known vulnerability.")]
    [InlineData(Found, Found, 1, "Old.Package")]
    [InlineData(Nothing, Nothing, 3, "NOT CHECKED for known vulnerabilities: the package source serves no advisories")]
    [InlineData("fail", Nothing, 3, "NOT CHECKED for known vulnerabilities: the package source does not answer")]
    [InlineData(Found, "fail", 3, "NOT CHECKED for known vulnerabilities: the package source does not answer")]
    public async Task Silence_of_a_source_that_serves_no_advisories_is_not_taken_for_none(
        string canary, string solution, int exitCode, string says)
    {
        var answers = (Canary: _tools.Write("canary.json", canary), Solution: _tools.Write("solution.json", solution));
        var dotnet = _tools.Write("dotnet", $$"""
            #!/bin/sh
            case "$*" in
              --version) echo 10.0.100; exit 0 ;;
              *canary.csproj*) answer={{answers.Canary}} ;;
              *FlashFunctions.sln*) answer={{answers.Solution}} ;;
            esac
            grep -q fail "$answer" && exit 1
            cat "$answer"
            """);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(dotnet, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        var ended = await StandInTools.RunWithAsync(
            $"{Path.GetDirectoryName(dotnet)}:/usr/bin:/bin", Path.Combine("..", "eng", "advisories.sh"), []);

        Assert.Equal(exitCode, ended.ExitCode);
        Assert.Contains(says, ended.Output, StringComparison.Ordinal);
    }
}
