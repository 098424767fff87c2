using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace FlashFunctions.Tests.Infra;

/// <summary>azure.yaml and its hooks, with stand-ins for azd, az and curl.</summary>
public sealed partial class AzdTests : IDisposable
{
    private const string BothKeys = "security-service-key\nsecurity-code-key-k1";

    private readonly string _tools = Directory.CreateTempSubdirectory("flashfunctions-azd-").FullName;

    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal)
    {
        ["AZURE_ENV_NAME"] = "trial",
        ["AZURE_SUBSCRIPTION_ID"] = "sub",
        ["AZURE_RESOURCE_GROUP"] = "rg-trial",
    };

    private string Calls => Path.Combine(_tools, "calls.txt");

    public void Dispose() => Directory.Delete(_tools, recursive: true);

    [Fact]
    public void Everything_that_azure_yaml_names_is_there()
    {
        var file = File.ReadAllText(Repository.Path("azure.yaml"));
        var folder = Repository.Path(Value(file, "path"));
        Assert.True(File.Exists(Path.Combine(folder, Value(file, "module") + ".bicepparam")));
        Assert.Single(Directory.GetFiles(Repository.Path(Value(file, "project")), "*.csproj"));
        var hooks = Hook().Matches(file).Select(match => match.Groups["script"].Value).ToArray();
        Assert.Equal(["eng/azd/preprovision.sh", "eng/azd/postprovision.sh", "eng/azd/postdeploy.sh"], hooks);
        Assert.All(hooks, hook => Assert.True(File.Exists(Repository.Path(hook)), hook));
    }

    [Fact]
    public void The_Bicep_reads_the_keys_that_the_hooks_set_and_has_the_outputs_that_azd_is_given()
    {
        var parameters = string.Concat(Directory.GetFiles(Repository.Path("infra"), "*.bicepparam").Select(File.ReadAllText));
        Assert.Contains("'security-service-key': readEnvironmentVariable('FLASHFUNCTIONS_SECURITY_SERVICE_KEY'", parameters,
            StringComparison.Ordinal);
        Assert.Contains("'security-code-key-k1': readEnvironmentVariable('FLASHFUNCTIONS_SECURITY_CODE_KEY_K1'", parameters,
            StringComparison.Ordinal);
        Assert.Equal("${appName}", Value(File.ReadAllText(Repository.Path("azure.yaml")), "resourceName"));
        var template = File.ReadAllText(Repository.Path("infra", "main.bicep"));
        Assert.Contains("output appName string", template, StringComparison.Ordinal);
        Assert.Contains("output address string", template, StringComparison.Ordinal);
    }

    [Fact]
    public void The_project_has_the_id_that_azd_would_otherwise_write_into_it_and_the_app_reads_no_user_secrets()
    {
        var project = File.ReadAllText(Repository.Path("src", "FlashFunctions", "FlashFunctions.csproj"));
        Assert.Contains("<UserSecretsId>", project, StringComparison.Ordinal);
        Assert.Null(typeof(FlashFunctions.Functions.VerifyFunctions).Assembly.GetCustomAttribute<UserSecretsIdAttribute>());
    }

    [Fact]
    public void Git_ignores_the_files_of_azd_environments() =>
        Assert.Contains(".azure/", File.ReadAllLines(Repository.Path(".gitignore")));

    [Theory]
    [InlineData("", "")]
    [InlineData("/vaults/kv", "unibell-api-key")]
    public async Task Keys_are_made_when_the_vault_has_none(string vault, string names)
    {
        var (exitCode, output) = await ProvisionAsync(vault, names);
        Assert.True(exitCode == 0, output);
        var calls = await CallsAsync();
        Assert.Contains("azd env set --environment trial --file", calls, StringComparison.Ordinal);
        Assert.Matches("FLASHFUNCTIONS_SECURITY_SERVICE_KEY=\"[A-Za-z0-9+/]{43}=\"", calls);
        Assert.Matches("FLASHFUNCTIONS_SECURITY_CODE_KEY_K1=\"[A-Za-z0-9+/]{43}=\"", calls);
        Assert.DoesNotMatch("[A-Za-z0-9+/]{43}=", output);
    }

    [Fact]
    public async Task Keys_that_the_vault_has_are_left_alone()
    {
        var (exitCode, output) = await ProvisionAsync("/vaults/kv", BothKeys);
        Assert.True(exitCode == 0, output);
        Assert.DoesNotContain("azd env set", await CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_a_run_that_failed_are_used_again()
    {
        _environment["FLASHFUNCTIONS_SECURITY_SERVICE_KEY"] = "made before";
        var (exitCode, output) = await ProvisionAsync("", "");
        Assert.True(exitCode == 0, output);
        var calls = await CallsAsync();
        Assert.DoesNotContain("SERVICE_KEY=", calls, StringComparison.Ordinal);
        Assert.Contains("CODE_KEY_K1=", calls, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail", BothKeys, "rg-trial")]
    [InlineData("/vaults/kv", "fail", "rg-trial")]
    [InlineData("", "", "rg-missing")]
    [InlineData("", "", "rg-unreadable")]
    [InlineData("", "", "")]
    public async Task No_key_is_made_when_the_vault_cannot_be_looked_into(string vault, string names, string group)
    {
        _environment["AZURE_RESOURCE_GROUP"] = group;
        var (exitCode, output) = await ProvisionAsync(vault, names);
        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("is new", output, StringComparison.Ordinal);
        Assert.DoesNotContain("azd env set", await CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_leave_the_azd_environment_once_the_vault_has_them()
    {
        AddTool("azd", $"echo \"azd $*\" >>'{Calls}'");
        _environment["FLASHFUNCTIONS_SECURITY_SERVICE_KEY"] = "service";
        _environment["FLASHFUNCTIONS_SECURITY_CODE_KEY_K1"] = "code";
        var (exitCode, output) = await RunAsync("postprovision.sh");
        Assert.True(exitCode == 0, output);
        Assert.Equal(
            "azd env set --environment trial FLASHFUNCTIONS_SECURITY_SERVICE_KEY= FLASHFUNCTIONS_SECURITY_CODE_KEY_K1=\n",
            await CallsAsync());
    }

    [Fact]
    public async Task The_app_reads_its_secrets_again_before_it_is_looked_at()
    {
        _environment["appName"] = "func-trial";
        _environment["address"] = "https://func-trial.example";
        AddTool("az", $"echo \"az $*\" >>'{Calls}'");
        AddTool("curl", $"echo \"curl $*\" >>'{Calls}'");
        var (exitCode, output) = await RunAsync("postdeploy.sh");
        Assert.True(exitCode == 0, output);
        var calls = (await CallsAsync()).Trim().Split('\n');
        Assert.Equal(2, calls.Length);
        Assert.Contains("/rg-trial/providers/Microsoft.Web/sites/func-trial/config/configreferences/appsettings/refresh?", calls[0],
            StringComparison.Ordinal);
        Assert.EndsWith(" https://func-trial.example/healthz", calls[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_fails_the_deployment()
    {
        _environment["appName"] = "func-trial";
        _environment["address"] = "https://func-trial.example";
        AddTool("az", "exit 0");
        AddTool("curl", "exit 22");
        Assert.NotEqual(0, (await RunAsync("postdeploy.sh")).ExitCode);
    }

    private static string Value(string file, string name) =>
        file.Split('\n').Single(line => line.TrimStart().StartsWith(name + ": ", StringComparison.Ordinal)).Split(": ")[1];

    [GeneratedRegex(@"^    run: (?<script>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Hook();

    private async Task<string> CallsAsync() =>
        File.Exists(Calls) ? await File.ReadAllTextAsync(Calls, TestContext.Current.CancellationToken) : "";

    private async Task<(int ExitCode, string Output)> ProvisionAsync(string vault, string names)
    {
        AddTool("azd", $"echo \"azd $*\" >>'{Calls}'; cat \"${{@: -1}}\" >>'{Calls}'");
        AddTool("az", $"""
            case "$*" in
              "group exists"*rg-missing) echo false ;;
              "group exists"*rg-unreadable) exit 3 ;;
              "group exists"*) echo true ;;
              "keyvault list"*) [ '{vault}' = fail ] && exit 3; echo '{vault}' ;;
              rest*) [ '{names}' = fail ] && exit 3; printf '%s\n' '{names}' ;;
            esac
            """);
        return await RunAsync("preprovision.sh");
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

    private async Task<(int ExitCode, string Output)> RunAsync(string hook)
    {
        var start = new ProcessStartInfo("bash", [Repository.Path("eng", "azd", hook)])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = $"{_tools}:/usr/bin:/bin";
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException("bash did not start.");
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output + await error);
    }
}
