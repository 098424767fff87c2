namespace FlashFunctions.Tests.Infra;

/// <summary>infra/deploy.sh, with a stand-in for az and the other tools where it needs them.</summary>
public sealed class DeployScriptTests : IDisposable
{
    private const string Deleted =
        "kv-flash-1\\twesteurope\\t/subscriptions/0/resourceGroups/RG-flashfunctions-dev/providers/Microsoft.KeyVault/vaults/kv-flash-1";

    private readonly StandInTools _tools = new();

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task A_dry_run_prints_the_steps_in_order_and_needs_no_tools()
    {
        var (exitCode, output) = await RunAloneAsync("--environment", "dev", "--dry-run");

        Assert.Equal(0, exitCode);
        AssertInOrder(
            output, "az group create", "what-if", "az deployment group create", "/refresh?", "dotnet publish", "--runtime linux-x64",
            "config-zip", "/healthz", "smoke-test.sh");
        Assert.Equal("", await _tools.CallsAsync());
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var (exitCode, output) = await RunAloneAsync("--help");
        Assert.Equal(0, exitCode);
        string[] options =
        [
            "--environment", "--parameters", "--resource-group", "--location", "--subscription", "--no-budget", "--recover-vault",
            "--purge-vault",
            "--what-if", "--skip-infra", "--skip-app", "--yes", "--dry-run",
        ];
        Assert.All(options, option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--environment dev or --environment prod is needed")]
    [InlineData("there is no environment staging", "--environment", "staging")]
    [InlineData("--location needs a value", "--environment", "dev", "--location")]
    [InlineData("there is no file nowhere.bicepparam", "--environment", "dev", "--parameters", "nowhere.bicepparam")]
    [InlineData("--force is no option", "--environment", "dev", "--force")]
    public async Task A_wrong_call_is_answered_with_one_line(string message, params string[] arguments)
    {
        var (exitCode, output) = await RunAloneAsync(arguments);
        Assert.Equal(1, exitCode);
        Assert.StartsWith("deploy: ", output, StringComparison.Ordinal);
        Assert.Contains(message, output, StringComparison.Ordinal);
        Assert.Single(output.Trim().Split('\n'));
    }

    [Fact]
    public async Task Keys_are_made_when_the_vault_has_none()
    {
        _tools.Vault = "";
        var output = await DeployAsync();
        Assert.Contains("security-service-key is new", output, StringComparison.Ordinal);
        Assert.Contains("with keys of 44 and 44", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_that_the_vault_has_are_left_alone()
    {
        Assert.DoesNotContain("is new", await DeployAsync(), StringComparison.Ordinal);
        Assert.Contains("with keys of 0 and 0", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_cannot_be_read_stops_the_deployment()
    {
        _tools.Secrets = "fail";
        Assert.DoesNotContain("is new", await RefusedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_without_its_credentials_stops_the_deployment_and_is_named()
    {
        _tools.Secrets += "\nunibell-api-key\nunibell-webhook-app-key\nlanck-token-id\nlanck-token-secret";
        var prod = ProdWith("'oncall@example.com'", "'us@service.test'", "https://lanck.example/v1", "https://lanck.test/v1");
        Assert.Contains(
            "not in the vault and not set: "
                + "FLASHFUNCTIONS_UNIBELL_WEBHOOK_TOKEN FLASHFUNCTIONS_REVICOM_TOKEN FLASHFUNCTIONS_BIRD_ACCESS_KEY",
            await RefusedAsync("--environment", "prod", "--parameters", prod),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alertEmails in prod.bicepparam is still an example", "https://lanck.example/v1", "https://lanck.test/v1")]
    [InlineData("alertEmails in prod.bicepparam is empty", "  'oncall@example.com'\n", "")]
    [InlineData("lanckBaseAddress in prod.bicepparam is still an example", "'oncall@example.com'", "'us@service.test'")]
    [InlineData(
        "lanckBaseAddress in prod.bicepparam is missing", "'oncall@example.com'", "'us@service.test'", "param lanckBaseAddress",
        "param publicAddress")]
    public async Task A_setting_that_the_parameter_file_does_not_have_stops_the_deployment(string message, params string[] replacements) =>
        Assert.Contains(
            message, await RefusedAsync("--environment", "prod", "--parameters", ProdWith(replacements)), StringComparison.Ordinal);

    [Fact]
    public async Task Prod_deploys_from_a_fresh_shell_once_its_secrets_are_in_the_vault()
    {
        _tools.Secrets = string.Join('\n', Snapshot.Everything.SecretsWritten);
        var prod = ProdWith("'oncall@example.com'", "'us@service.test'", "https://lanck.example/v1", "https://lanck.test/v1");
        await DeployAsync("--environment", "prod", "--parameters", prod);
        Assert.Contains(
            $"az deployment group create --resource-group rg-flashfunctions-prod --name flashfunctions-prod --parameters {prod}",
            await _tools.CallsAsync(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-03-01T00:00:00Z", "<2026-03-01T00:00:00Z>")]
    [InlineData("", "-01>")]
    [InlineData("fail", "<>")]
    [InlineData("", "<>", "--no-budget")]
    public async Task A_budget_keeps_the_start_that_it_has(string existing, string expected, params string[] options)
    {
        _tools.BudgetStart = existing;
        await DeployAsync(["--environment", "dev", .. options]);
        Assert.Contains($"{expected}\n", (await _tools.CallsAsync()).Split("with a budget from ")[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_resource_group_is_made_only_where_there_is_none(bool exists)
    {
        _tools.GroupExists = exists;
        await DeployAsync();
        Assert.Equal(!exists, (await _tools.CallsAsync()).Contains("az group create", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_preview_makes_nothing()
    {
        _tools.GroupExists = false;
        Assert.Contains("there is no resource group", await RefusedAsync("--environment", "dev", "--what-if"), StringComparison.Ordinal);
        _tools.GroupExists = true;
        var (exitCode, output) = await _tools.RunAsync("deploy.sh", ["--environment", "dev", "--what-if"]);
        Assert.True(exitCode == 0, output);
        Assert.Contains("deployment group what-if", await _tools.CallsAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("create", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_vault_of_the_environment_stops_the_deployment_until_somebody_decides()
    {
        (_tools.Vault, _tools.DeletedVaults) = ("", Deleted);
        var output = await RefusedAsync();
        Assert.Contains("the vault kv-flash-1 of this environment was deleted", output, StringComparison.Ordinal);
        Assert.Contains("--recover-vault", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_vault_is_recovered_with_its_secrets_on_request()
    {
        (_tools.Vault, _tools.DeletedVaults) = ("", Deleted);
        Assert.DoesNotContain("is new", await DeployAsync("--environment", "dev", "--recover-vault"), StringComparison.Ordinal);
        Assert.Contains(
            "az keyvault recover --name kv-flash-1 --location westeurope --resource-group rg-flashfunctions-dev",
            await _tools.CallsAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_vault_is_purged_on_request()
    {
        (_tools.Vault, _tools.DeletedVaults) = ("", Deleted);
        Assert.Contains("is new", await DeployAsync("--environment", "dev", "--purge-vault"), StringComparison.Ordinal);
        Assert.Contains("az keyvault purge --name kv-flash-1 --location westeurope", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kv-flash-2\\twesteurope\\t/subscriptions/0/resourceGroups/rg-other/providers/Microsoft.KeyVault/vaults/kv-flash-2")]
    [InlineData("fail")]
    public async Task A_deleted_vault_of_somebody_else_or_one_that_cannot_be_seen_stops_nothing(string deleted)
    {
        (_tools.Vault, _tools.DeletedVaults) = ("", deleted);
        await DeployAsync("--environment", "dev", "--purge-vault");
        Assert.DoesNotContain("az keyvault purge", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_to_secrets_are_refreshed_until_they_are_resolved()
    {
        _tools.UnresolvedTimes = 2;
        await DeployAsync();
        Assert.Equal(3, (await _tools.CallsAsync()).Split("/sites/func-flash/config/configreferences/appsettings/refresh?").Length - 1);
    }

    [Fact]
    public async Task References_that_stay_unresolved_are_named()
    {
        _tools.UnresolvedTimes = 99;
        var (exitCode, output) = await _tools.RunAsync("deploy.sh", ["--environment", "dev", "--yes"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("secrets that the app cannot read: Security__ServiceKey AccessToKeyVaultDenied", output, StringComparison.Ordinal);
        Assert.DoesNotContain("config-zip", await _tools.CallsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_app_is_published_and_verified_with_a_test_number()
    {
        var (exitCode, output) = await _tools.RunAsync("deploy.sh", ["--environment", "dev", "--yes"]);
        Assert.True(exitCode == 0, output);
        Assert.Contains("was VERIFIED", output, StringComparison.Ordinal);
        AssertInOrder(
            await _tools.CallsAsync(), "config-zip", "/healthz", "POST", "/manage/accounts/smoke-test/tokens", "/v1/verify",
            "/v1/requests/06EKM5",
            "/v1/verify/check", "DELETE");
    }

    [Fact]
    public async Task Without_a_test_number_the_script_says_what_was_not_tested()
    {
        var parameters = _tools.Write(
            "dev.bicepparam", "param providers = []\nparam alertEmails = [] // 'nobody'\nparam testNumbers = []\n");
        var (exitCode, output) = await _tools.RunAsync(
            "deploy.sh", ["--environment", "dev", "--parameters", parameters, "--yes", "--skip-infra"]);
        Assert.True(exitCode == 0, output);
        Assert.Contains("NOT TESTED: dev.bicepparam has no testNumbers", output, StringComparison.Ordinal);
    }

    private static void AssertInOrder(string text, params string[] parts)
    {
        var at = 0;
        foreach (var part in parts)
        {
            at = text.IndexOf(part, at, StringComparison.Ordinal);
            Assert.True(at >= 0, $"{part} is missing, or not where it should be, in {text}");
        }
    }

    private static Task<(int ExitCode, string Output)> RunAloneAsync(params string[] arguments) =>
        StandInTools.RunWithAsync("/usr/bin:/bin", "deploy.sh", arguments);

    private Task<(int ExitCode, string Output)> RunWithoutAppAsync(string[] arguments) =>
        _tools.RunAsync("deploy.sh", [.. arguments.Length == 0 ? ["--environment", "dev"] : arguments, "--yes", "--skip-app"]);

    private async Task<string> DeployAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunWithoutAppAsync(arguments);
        Assert.True(exitCode == 0, output);
        return output;
    }

    private async Task<string> RefusedAsync(params string[] arguments)
    {
        var (exitCode, output) = await RunWithoutAppAsync(arguments);
        Assert.NotEqual(0, exitCode);
        Assert.DoesNotContain("deployment group", await _tools.CallsAsync(), StringComparison.Ordinal);
        return output;
    }

    // Prod's parameter file with texts replaced: pairs of what was there and what is there instead.
    private string ProdWith(params string[] replacements) => _tools.Write("prod.bicepparam", replacements.Chunk(2).Aggregate(
        File.ReadAllText(Repository.Path("infra", "main.prod.bicepparam")),
        (text, pair) =>
        {
            Assert.Contains(pair[0], text, StringComparison.Ordinal);
            return text.Replace(pair[0], pair[1], StringComparison.Ordinal);
        }));
}
