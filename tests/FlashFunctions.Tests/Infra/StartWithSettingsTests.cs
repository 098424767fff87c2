using System.Globalization;
using System.Text.Json;
using FlashFunctions.AzureStorage;
using FlashFunctions.Core.Providers;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Infra;

/// <summary>The app starts on the sample, and on what the Bicep sets.</summary>
public sealed class StartWithSettingsTests
{
    private const string DevelopmentKey = "Zm9yIGRldmVsb3BtZW50IG9ubHksIG5vdCBhIHNlY3JldA==";
    private const string Key = "c2l4dGVlbiByYW5kb20gYnl0ZXMsIHR3aWNlIG92ZXIu";

    private static readonly HashSet<string> Four = new(["unibell", "revicom", "bird", "lanck"], StringComparer.Ordinal);

    [Fact]
    public void The_sample_starts_with_all_providers_in_development()
    {
        using var host = Start(Environments.Development, SampleSettings.Read());
        Assert.Superset(Four, Names(host));
    }

    [Fact]
    public void The_sample_has_the_addresses_and_credentials_of_the_simulator_and_of_a_local_run()
    {
        var sample = SampleSettings.Read();
        string Address(string path) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{SimulatorDefaults.Port}/{path}");
        var wanted = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DevelopmentAccount__KeyId"] = ServiceHost.KeyId,
            ["DevelopmentAccount__Secret"] = ServiceHost.Secret,
            ["Providers__Unibell__BaseAddress"] = Address(SimulatedProviders.Unibell),
            ["Providers__Unibell__ApiKey"] = SimulatorDefaults.UnibellAccessKey,
            ["Providers__Unibell__WebhookAppKey"] = SimulatorDefaults.UnibellAppKey,
            ["Providers__Unibell__WebhookToken"] = ServiceHost.UnibellWebhookToken,
            ["Providers__Revicom__BaseAddress"] = Address(SimulatedProviders.Revicom),
            ["Providers__Revicom__Token"] = SimulatorDefaults.RevicomMessageToken,
            ["Providers__Revicom__ConversionBaseAddress"] = Address(SimulatedProviders.RevicomConversion),
            ["Providers__Revicom__ConversionToken"] = SimulatorDefaults.RevicomConversionToken,
            ["Providers__Bird__BaseAddress"] = Address(SimulatedProviders.Bird),
            ["Providers__Bird__AccessKey"] = SimulatorDefaults.BirdAccessKey,
            ["Providers__Bird__WorkspaceId"] = SimulatorDefaults.BirdWorkspaceId,
            ["Providers__Bird__ChannelId"] = SimulatorDefaults.BirdChannelId,
            ["Providers__Bird__WebhookSigningKey"] = SimulatorDefaults.BirdSigningKey,
            ["Providers__Lanck__BaseAddress"] = Address(SimulatedProviders.Lanck + "/v1"),
            ["Providers__Lanck__TokenId"] = SimulatorDefaults.LanckId,
            ["Providers__Lanck__TokenSecret"] = SimulatorDefaults.LanckSecret,
        };
        Assert.All(wanted, pair => Assert.Equal(pair.Value, sample[pair.Key]));
    }

    [Fact]
    public void The_sample_is_what_the_Functions_tools_read()
    {
        Assert.False(SampleSettings.File.GetProperty("IsEncrypted").GetBoolean());
        Assert.Equal(JsonValueKind.Object, SampleSettings.File.GetProperty("Host").ValueKind);
        Assert.Equal("UseDevelopmentStorage=true", SampleSettings.Read()["AzureWebJobsStorage"]);
    }

    [Fact]
    public void What_the_Bicep_sets_starts_on_Azure()
    {
        using var host = Start(Environments.Production, Resolved(Snapshot.Everything));
        Assert.Superset(Four, Names(host));
    }

    [Fact]
    public void What_the_Bicep_sets_for_no_provider_starts_without_any()
    {
        using var host = Start(Environments.Production, Resolved(Snapshot.Dev));
        Assert.Empty(Names(host));
    }

    [Theory]
    [InlineData("Security__ServiceKey")]
    [InlineData("Security__CodeKeys__k1")]
    [InlineData("Providers__Lanck__TokenSecret")]
    [InlineData("Providers__Unibell__WebhookToken")]
    public void A_secret_that_could_not_be_read_refuses_the_start_and_is_named(string setting)
    {
        var settings = Resolved(Snapshot.Everything);
        settings[setting] = Snapshot.Everything.Settings[setting];
        var refused = Assert.ThrowsAny<Exception>(() => Start(Environments.Production, settings));
        Assert.Contains(
            $"{setting.Replace("__", ":", StringComparison.Ordinal)} is a Key Vault reference that could not be resolved",
            refused.ToString(),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DevelopmentAccount__KeyId", "dev", "DevelopmentAccount is for development")]
    [InlineData("Security__ServiceKey", DevelopmentKey, "Security:ServiceKey is the key for development")]
    [InlineData("Security__ServiceKey", "", "Security:ServiceKey must be base64")]
    [InlineData("Callbacks__AllowLoopback", "true", "Callbacks:AllowLoopback is for development")]
    [InlineData("Providers__Lanck__BaseAddress", "http://127.0.0.1:7072/lanck/v1", "http is for development")]
    [InlineData("Storage", "UseDevelopmentStorage=true", "UseDevelopmentStorage=true is for development")]
    public void A_setting_for_development_refuses_the_start_on_Azure_whatever_the_environment_is_called(
        string setting, string value, string message)
    {
        foreach (var variable in new[] { "WEBSITE_SITE_NAME", "WEBSITE_INSTANCE_ID" })
        {
            foreach (var environment in new[] { Environments.Development, Environments.Staging, Environments.Production })
            {
                var settings = Resolved(Snapshot.Everything, variable);
                settings[setting] = value;
                var refused = Assert.ThrowsAny<Exception>(() => Start(environment, settings));
                Assert.Contains(message, refused.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Azure_in_an_environment_called_Development_starts_with_what_production_has()
    {
        using var host = Start(Environments.Development, Resolved(Snapshot.Everything));
        Assert.Superset(Four, Names(host));
    }

    [Fact]
    public void The_sample_does_not_start_in_production()
    {
        var refused = Assert.ThrowsAny<Exception>(() => Start(Environments.Production, SampleSettings.Read()));
        Assert.Contains("for development", refused.ToString(), StringComparison.Ordinal);
    }

    private static HashSet<string> Names(IHost host) =>
        host.Services.GetServices<IProvider>().Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);

    private static IHost Start(string environment, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddConfiguration(SampleSettings.Configuration(settings));
        builder.AddFlashFunctions();
        builder.Services.AddAzureStorage(builder.Configuration);
        var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        return host;
    }

    // The settings as the platform hands them to the app: references replaced by secrets, expressions by what Azure knows.
    private static Dictionary<string, string?> Resolved(Snapshot snapshot, string variable = "WEBSITE_SITE_NAME")
    {
        var settings = snapshot.Settings
            .ToDictionary(setting => setting.Key, setting => Resolved(setting.Key, setting.Value), StringComparer.Ordinal);
        settings[variable] = "func-flash";
        return settings;
    }

    private static bool IsAddress(string name) =>
        name.EndsWith("Uri", StringComparison.Ordinal) || name.EndsWith("Address", StringComparison.Ordinal);

    private static string? Resolved(string name, string value) => value switch
    {
        _ when value.StartsWith("@Microsoft.KeyVault(", StringComparison.Ordinal) =>
            name.StartsWith("Security__", StringComparison.Ordinal) ? Key : "a-secret-of-letters-0123456789",
        _ when name == "APPLICATIONINSIGHTS_CONNECTION_STRING" => "InstrumentationKey=00000000-0000-0000-0000-000000000001",
        _ when value.StartsWith('[') && !value.StartsWith("[{", StringComparison.Ordinal) =>
            IsAddress(name) ? "https://service.example" : "of-azure",
        _ => value,
    };
}
