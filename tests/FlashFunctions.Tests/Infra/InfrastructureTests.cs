using System.Text.Json;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Infra;

/// <summary>What the infrastructure deploys is what the code uses, and no more is open than has to be.</summary>
public sealed class InfrastructureTests
{
    private const string BlobDataOwner = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b";
    private const string BlobDataContributor = "ba92f5b4-2d11-453d-a403-e96b0029c9fe";
    private const string QueueDataContributor = "974c5e8b-45b9-4653-ba55-5f855dd0fb88";
    private const string TableDataContributor = "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3";
    private const string KeyVaultSecretsUser = "4633458b-17de-408a-874b-0445c86b69e6";
    private const string MonitoringMetricsPublisher = "3913510d-42f4-4e42-8a64-420c390055eb";

    public static TheoryData<string> Names { get; } = ["dev", "prod", "everything"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_identity_has_its_roles_on_the_resources_that_it_needs_and_no_others(string name)
    {
        var assignments = Of(name).Of("Microsoft.Authorization/roleAssignments").Select(assignment => (
            Role: assignment.At("roleDefinitionId").GetString()!.Split('/')[^1],
            Scope: LastTwo(assignment.Id.Split("/providers/Microsoft.Authorization/")[0]),
            ForPackage: assignment.At("principalId").GetString()!.Contains("-package'", StringComparison.Ordinal)));

        Assert.Equal(
            new[]
            {
                (BlobDataContributor, "containers/packages", true),
                (BlobDataOwner, "storageAccounts/st", false),
                (QueueDataContributor, "storageAccounts/st", false),
                (TableDataContributor, "storageAccounts/st", false),
                (KeyVaultSecretsUser, "vaults/kv", false),
                (MonitoringMetricsPublisher, "components/appi", false),
            }.Order(),
            assignments.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_package_is_in_an_account_of_its_own(string name)
    {
        var app = Of(name).App;
        var storage = app.At("functionAppConfig", "deployment", "storage");
        Assert.Contains("/storageAccounts/stp", storage.GetProperty("value").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(
            "-package",
            storage.GetProperty("authentication").GetProperty("userAssignedIdentityResourceId").GetString(),
            StringComparison.Ordinal);
        Assert.DoesNotContain("-package", app.At("keyVaultReferenceIdentity").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("stp", Of(name).Settings["AzureWebJobsStorage__accountName"], StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_opened_by_a_key_or_without_TLS(string name)
    {
        var snapshot = Of(name);
        Assert.Equal(2, snapshot.Of("Microsoft.Storage/storageAccounts").Count);
        Assert.All(snapshot.Of("Microsoft.Storage/storageAccounts"), account =>
        {
            Assert.False(account.At("allowSharedKeyAccess").GetBoolean());
            Assert.False(account.At("allowBlobPublicAccess").GetBoolean());
            Assert.True(account.At("supportsHttpsTrafficOnly").GetBoolean());
            Assert.Equal("TLS1_2", account.At("minimumTlsVersion").GetString());
        });
        Assert.True(snapshot.App.At("httpsOnly").GetBoolean());
        Assert.Equal("1.2", snapshot.App.At("siteConfig", "minTlsVersion").GetString());
        Assert.Equal("Disabled", snapshot.App.At("siteConfig", "ftpsState").GetString());
        var publishing = snapshot.Of("Microsoft.Web/sites/basicPublishingCredentialsPolicies");
        Assert.Equal(["ftp", "scm"], publishing.Select(policy => policy.LastName));
        Assert.All(publishing, policy => Assert.False(policy.At("allow").GetBoolean()));
        Assert.True(Assert.Single(snapshot.Of("Microsoft.Insights/components")).At("DisableLocalAuth").GetBoolean());
        var vault = Assert.Single(snapshot.Of("Microsoft.KeyVault/vaults"));
        Assert.True(vault.At("enableRbacAuthorization").GetBoolean() && vault.At("enableSoftDelete").GetBoolean());
    }

    [Fact]
    public void Prods_vault_cannot_be_purged()
    {
        Assert.True(Assert.Single(Snapshot.Prod.Of("Microsoft.KeyVault/vaults")).At("enablePurgeProtection").GetBoolean());
        Assert.NotEqual(
            JsonValueKind.True, Assert.Single(Snapshot.Dev.Of("Microsoft.KeyVault/vaults")).At("enablePurgeProtection").ValueKind);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_table_and_queue_is_made_and_a_poison_queue_for_each(string name)
    {
        var snapshot = Of(name);
        Assert.Equal(
            TableNames.All.Order(StringComparer.Ordinal),
            snapshot
                .Of("Microsoft.Storage/storageAccounts/tableServices/tables")
                .Select(table => table.LastName)
                .Order(StringComparer.Ordinal));
        Assert.Equal(
            QueueNames.All.Concat(QueueNames.All.Select(queue => queue + QueueNames.PoisonSuffix)).Order(StringComparer.Ordinal),
            snapshot
                .Of("Microsoft.Storage/storageAccounts/queueServices/queues")
                .Select(queue => queue.LastName)
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Secrets_are_in_the_settings_as_references_only()
    {
        var read = Snapshot.Everything.SecretsRead;
        Assert.Equal(
            Snapshot.Everything.SecretsWritten.Order(StringComparer.Ordinal),
            read.Values.Select(name => name.Replace("-k0", "-k1", StringComparison.Ordinal).Replace("-k2", "-k1", StringComparison.Ordinal))
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        Assert.All(
            Snapshot.Everything.Settings.Where(setting => LooksSecret(setting.Key)),
            setting => Assert.True(read.ContainsKey(setting.Key), $"{setting.Key} is no reference"));
        Assert.All(
            Snapshot.Everything.Of("Microsoft.KeyVault/vaults/secrets"),
            secret => Assert.Equal($"[parameters('secrets')['{secret.LastName}']]", secret.At("value").GetString()));
    }

    [Fact]
    public void The_environment_can_write_every_secret_that_the_settings_read()
    {
        var shared = File.ReadAllText(Repository.Path("infra", "secrets.bicepparam"));
        Assert.All(Snapshot.Everything.SecretsWritten, secret => Assert.Contains(
            $"'{secret}': readEnvironmentVariable('FLASHFUNCTIONS_{secret.Replace('-', '_').ToUpperInvariant()}', '')", shared,
            StringComparison.Ordinal));
        Assert.Empty(Snapshot.Dev.SecretsWritten.Concat(Snapshot.Prod.SecretsWritten));
    }

    [Fact]
    public void Always_ready_instances_name_functions_that_exist()
    {
        var named = Snapshot.All
            .SelectMany(snapshot => snapshot.App.At("functionAppConfig", "scaleAndConcurrency", "alwaysReady").EnumerateArray())
            .Select(instances => instances.GetProperty("name").GetString()!)
            .Where(name => name != "http");
        Assert.All(named, name => Assert.Contains(name, Functions().Select(function => $"function:{function.Name}")));
    }

    [Fact]
    public void The_batches_are_those_of_host_json()
    {
        var queues = JsonDocument.Parse(File.ReadAllBytes(Repository.Path("host.json"))).RootElement
            .GetProperty("extensions").GetProperty("queues");
        foreach (var snapshot in new[] { Snapshot.Dev, Snapshot.Prod })
        {
            foreach (var name in new[] { "batchSize", "newBatchThreshold" })
            {
                Assert.Equal(
                    queues.GetProperty(name).GetRawText(), snapshot.Settings[$"AzureFunctionsJobHost__extensions__queues__{name}"]);
            }
        }
    }

    [Fact]
    public void The_documentation_states_the_price_of_zone_redundancy()
    {
        const decimal WaitingGigabyteSecond = 0.000004m;
        const int SecondsOfAMonth = 730 * 3_600;
        var groups = 1 + Functions().Count(function => function.ScalesByItself);
        var price = decimal.Round(groups * 2 * 2 * SecondsOfAMonth * WaitingGigabyteSecond);
        Assert.Contains(
            FormattableString.Invariant($"{groups} scale groups here, about ${price} a month"),
            File.ReadAllText(Repository.Path("docs", "deployment.md")).ReplaceLineEndings(" "),
            StringComparison.Ordinal);
        Assert.False(Assert.Single(Snapshot.Prod.Of("Microsoft.Web/serverfarms")).At("zoneRedundant").GetBoolean());
    }

    [Fact]
    public void Concurrency_is_the_platforms_own_where_nobody_has_measured()
    {
        Assert.Equal(JsonValueKind.Null, Snapshot.Dev.App.At("functionAppConfig", "scaleAndConcurrency", "triggers").ValueKind);
        Assert.Equal(
            40,
            Snapshot.Everything.App
                .At("functionAppConfig", "scaleAndConcurrency", "triggers", "http", "perInstanceConcurrency")
                .GetInt32());
    }

    [Fact]
    public void An_update_lets_running_calls_finish() => Assert.All(
        new[] { Snapshot.Dev, Snapshot.Prod },
        snapshot => Assert.Equal("RollingUpdate", snapshot.App.At("functionAppConfig", "siteUpdateStrategy", "type").GetString()));

    [Fact]
    public void The_vault_and_the_packages_are_audited() => Assert.All(Snapshot.All, snapshot => Assert.Superset(
        new HashSet<string>(["vaults/kv", "blobServices/default"], StringComparer.Ordinal),
        snapshot.Of("Microsoft.Insights/diagnosticSettings")
            .Select(setting => LastTwo(setting.Id.Split("/providers/Microsoft.Insights/")[0]))
            .ToHashSet(StringComparer.Ordinal)));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_preview_shows_everything(string name)
    {
        Assert.All(Of(name).Resources, resource => Assert.StartsWith("/subscriptions/", resource.Id, StringComparison.Ordinal));
        Assert.All(Of(name).Resources, resource => Assert.NotEqual("Microsoft.Resources/deployments", resource.Type));
        Assert.All(
            Directory.EnumerateFiles(BicepCompiler.Infra, "*.bicep*", SearchOption.AllDirectories),
            file => Assert.DoesNotContain("utcNow", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Fact]
    public void A_budget_is_made_only_where_its_start_is_known()
    {
        Assert.Empty(Snapshot.Prod.Of("Microsoft.Consumption/budgets"));
        var budget = Assert.Single(Snapshot.Everything.Of("Microsoft.Consumption/budgets"));
        Assert.Equal("2026-11-01", budget.At("timePeriod", "startDate").GetString());
    }

    private static Snapshot Of(string name) => name switch
    {
        "dev" => Snapshot.Dev,
        "prod" => Snapshot.Prod,
        _ => Snapshot.Everything,
    };

    // …/storageAccounts/stall7ssk2jvf5glgu is storageAccounts/st, …/containers/packages itself.
    private static string LastTwo(string id)
    {
        var parts = id.Split('/');
        var name = parts[^1].Split('-')[0];
        var kind = new[] { "stp", "st" }.FirstOrDefault(start => name.StartsWith(start, StringComparison.Ordinal));
        return $"{parts[^2]}/{kind ?? name}";
    }

    private static bool LooksSecret(string setting) =>
        setting.StartsWith("Security__", StringComparison.Ordinal) ? setting != "Security__ActiveCodeKey"
        : setting.StartsWith("Providers__", StringComparison.Ordinal)
            && new[] { "Key", "Token", "TokenId", "Secret" }.Any(end => setting.EndsWith(end, StringComparison.Ordinal));

    private static IEnumerable<(string Name, bool ScalesByItself)> Functions() => typeof(ServiceRegistration).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .SelectMany(method => method.CustomAttributes
            .Where(attribute => attribute.AttributeType.Name is "FunctionAttribute")
            .Select(attribute => (
                (string)attribute.ConstructorArguments[0].Value!,
                method.GetParameters().Any(parameter => parameter.CustomAttributes.Any(
                    trigger => trigger.AttributeType.Name is "QueueTriggerAttribute" or "TimerTriggerAttribute")))));
}
