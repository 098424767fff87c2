using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using FlashFunctions.Cli;
using FlashFunctions.ScenarioTests.Harness;

namespace FlashFunctions.ScenarioTests;

/// <summary>One service with a function key for the tests of a class.</summary>
public sealed class SharedManagedService : IAsyncLifetime
{
    internal ManagedService Managed { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Managed = await ManagedService.StartAsync();
        await Managed.CreateAccountAsync("shop");
    }

    public ValueTask DisposeAsync() => Managed.DisposeAsync();
}

/// <summary>The operator's program as a process in a shell: completion, colour, and JSON for scripts.</summary>
public sealed class CliShellTests(SharedManagedService shared) : IClassFixture<SharedManagedService>
{
    private const string Bash = "/usr/bin/bash";
    private const string Script = "/usr/bin/script";

    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>A colour or a bold text; .NET itself sends a terminal other sequences.</summary>
    private static readonly Regex Colour = new(@"\u001b\[[0-9;]+m", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Theory]
    [InlineData("flashfunctions requests ti", "timeline")]
    [InlineData("flashfunctions dead-l", "dead-letters")]
    [InlineData("flashfunctions requests search --result und", "undeliverable")]
    [InlineData("flashfunctions accounts create shop --na", "--name")]
    public async Task Bash_completes_a_command_line(string line, string completed)
    {
        Assert.SkipUnless(File.Exists(Bash), "There is no bash on this machine.");

        Assert.Equal([completed], await CompletedAsync(line, line.Length));
    }

    [Fact]
    public async Task Bash_completes_where_the_cursor_is_and_offers_every_command_of_a_group()
    {
        Assert.SkipUnless(File.Exists(Bash), "There is no bash on this machine.");
        const string Line = "flashfunctions routes  --json";

        Assert.Superset(
            new HashSet<string>(["show", "changes", "failing"], StringComparer.Ordinal),
            (await CompletedAsync(Line, "flashfunctions routes ".Length)).ToHashSet(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("1", false)]
    public async Task A_terminal_has_colours_unless_NO_COLOR_is_set(string noColor, bool hasColours)
    {
        Assert.SkipUnless(File.Exists(Script), "There is no script(1) on this machine, which makes a terminal.");

        // With NO_COLOR empty it counts as not set (no-color.org).
        var shown = await RunAsync(
            Script, ["-qec", $"dotnet '{Program}' test-numbers list", "/dev/null"], ("NO_COLOR", noColor), ("TERM", "xterm-256color"));

        Assert.Contains("Number", shown, StringComparison.Ordinal);
        Assert.Equal(hasColours, Colour.IsMatch(shown));
    }

    [Theory]
    [InlineData("accounts list")]
    [InlineData("accounts show shop")]
    [InlineData("tokens list shop")]
    [InlineData("fraud list block")]
    [InlineData("requests search")]
    [InlineData("routes show +37253000001")]
    [InlineData("routes changes")]
    [InlineData("routes failing")]
    [InlineData("overview")]
    [InlineData("health")]
    [InlineData("conversion")]
    [InlineData("test-numbers list")]
    [InlineData("callbacks failing")]
    [InlineData("dead-letters list")]
    [InlineData("fraud blocks")]
    [InlineData("export +37253000001")]
    public async Task With_json_a_command_prints_one_document_and_nothing_else(string command)
    {
        var (code, output, error) = await CliRun.OfAsync(shared.Managed, [.. command.Split(' '), "--json"]);

        Assert.Equal((ExitCodes.Done, ""), (code, error));
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(output).ValueKind);
        Assert.Equal(output.TrimEnd(), output.TrimEnd('\r', '\n'));
    }

    [Theory]
    [InlineData("accounts show nobody", "errorCode")]
    [InlineData("requests search --limit 0", "details")]
    [InlineData("requests timeline 01KJQ0ZP407DZ9RMFGMBA4GVGK", "errorCode")]
    public async Task With_json_a_refusal_is_the_service_s_own_on_standard_error(string command, string field)
    {
        var (code, output, error) = await CliRun.OfAsync(shared.Managed, [.. command.Split(' '), "--json"]);

        Assert.Equal((ExitCodes.Failed, ""), (code, output));
        Assert.True(JsonElement.Parse(error).TryGetProperty(field, out _), error);
    }

    private static string Program => typeof(FlashCli).Assembly.Location;

    /// <summary>What a bash that has the completion offers for a line with the cursor there.</summary>
    private async Task<string[]> CompletedAsync(string line, int cursor)
    {
        var script = $$"""
            flashfunctions() { dotnet '{{Program}}' "$@"; }
            source <(flashfunctions completion bash)
            COMP_LINE='{{line}}' COMP_POINT={{cursor}}
            _flashfunctions
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        return (await RunAsync(Bash, ["--norc", "-c", script])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> RunAsync(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        (string Name, string Value)[] service =
            [("FLASHFUNCTIONS_ADDRESS", shared.Managed.Service.Host.Address.ToString()), ("FLASHFUNCTIONS_KEY", ManagedService.Key)];
        foreach (var (name, value) in service.Concat(variables))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(Timeout);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        Assert.Equal("", await error);
        return await output;
    }
}
