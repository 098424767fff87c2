using System.Diagnostics;

namespace FlashFunctions.Tests.Infra;

/// <summary>infra/deploy.sh, with a stand-in for az and the other tools where it needs them.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string BothKeys = "security-service-key\nsecurity-code-key-k1";

    private readonly string _tools = Directory.CreateTempSubdirectory("flashfunctions-tools-").FullName;

    private string Calls => Path.Combine(_tools, "calls.txt");

    public void Dispose() => Directory.Delete(_tools, recursive: true);

    [Fact]
    public async Task A_dry_run_prints_the_steps_in_order_and_needs_no_tools()
    {
        var (exitCode, output) = await RunAsync("/usr/bin:/bin", "--environment", "dev", "--dry-run");

        Assert.Equal(0, exitCode);
        string[] steps = ["az group create", "what-if", "az deployment group create", "dotnet publish", "config-zip", "/healthz"];
        var places = steps.Select(step => output.IndexOf(step, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.False(File.Exists(Calls));
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (exitCode, output) = await RunAsync("/usr/bin:/bin", "--help");
        Assert.Equal(0, exitCode);
        string[] options =
            ["--environment", "--resource-group", "--location", "--subscription", "--what-if", "--skip-infra", "--skip-app", "--yes", "--dry-run"];
        Assert.All(options, option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--environment dev or --environment prod is needed")]
    [InlineData("there is no environment staging", "--environment", "staging")]
    [InlineData("--location needs a value", "--environment", "dev", "--location")]
    [InlineData("--force is no option", "--environment", "dev", "--force")]
    public async Task A_wrong_call_is_answered_with_one_line(string message, params string[] arguments)
    {
        var (exitCode, output) = await RunAsync("/usr/bin:/bin", arguments);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("deploy: ", output, StringComparison.Ordinal);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Keys_are_made_when_the_vault_has_none()
    {
        var (exitCode, output) = await DeployAsync("dev", vault: "", names: "");
        Assert.True(exitCode == 0, output);
        Assert.Contains("security-service-key is new", output, StringComparison.Ordinal);
        Assert.Contains("with service key of 44 and code key of 44", await CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_vault_has_are_left_alone()
    {
        var (exitCode, output) = await DeployAsync("dev", vault: "/vaults/kv", names: BothKeys);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("is new", output, StringComparison.Ordinal);
        Assert.Contains("with service key of 0 and code key of 0", await CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_read_stops_the_deployment()
    {
        var (exitCode, output) = await DeployAsync("dev", vault: "/vaults/kv", names: "fail");
        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("is new", output, StringComparison.Ordinal);
        Assert.DoesNotContain("deployment group", await CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_without_its_credentials_stops_the_deployment_and_is_named()
    {
        const string Names = BothKeys + "\nunibell-api-key\nunibell-webhook-app-key\nlanck-token-id\nlanck-token-secret";
        var (exitCode, output) = await DeployAsync("prod", vault: "/vaults/kv", Names);
        Assert.Equal(1, exitCode);
        Assert.Contains(
            "not in the vault and not set: FLASHFUNCTIONS_UNIBELL_WEBHOOK_TOKEN FLASHFUNCTIONS_REVICOM_TOKEN FLASHFUNCTIONS_BIRD_ACCESS_KEY",
            output,
            StringComparison.Ordinal);
        Assert.DoesNotContain("deployment group", await CallsAsync(), StringComparison.Ordinal);
    }

    private Task<string> CallsAsync() => File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken);

    private async Task<(int ExitCode, string Output)> DeployAsync(string environment, string vault, string names)
    {
        foreach (var tool in (string[])["dotnet", "zip", "unzip", "curl"])
        {
            AddTool(tool, "exit 0");
        }

        AddTool("az", $"""
            echo "$*" >>'{Calls}'
            case "$*" in
              "keyvault list"*) echo '{vault}' ;;
              rest*) [ '{names}' = fail ] && exit 3; printf '%s\n' '{names}' ;;
              "deployment group create"*)
                service=$FLASHFUNCTIONS_SECURITY_SERVICE_KEY code=$FLASHFUNCTIONS_SECURITY_CODE_KEY_K1
                echo "with service key of $(expr length "$service") and code key of $(expr length "$code")" >>'{Calls}' ;;
            esac
            """);
        return await RunAsync($"{_tools}:/usr/bin:/bin", "--environment", environment, "--yes", "--skip-app");
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

    private static async Task<(int ExitCode, string Output)> RunAsync(string path, params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Repository.Path("infra", "deploy.sh"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["PATH"] = path;
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("FLASHFUNCTIONS_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }
}
