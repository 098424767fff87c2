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
            ["Providers__Unibell__BaseAddress"] = Address(SimulatedProvider.Unibell),
            ["Providers__Unibell__ApiKey"] = SimulatorDefaults.UnibellAccessKey,
            ["Providers__Unibell__WebhookAppKey"] = SimulatorDefaults.UnibellAppKey,
            ["Providers__Unibell__WebhookToken"] = ServiceHost.UnibellWebhookToken,
            ["Providers__Revicom__BaseAddress"] = Address(SimulatedProvider.Revicom),
            ["Providers__Revicom__Token"] = SimulatorDefaults.RevicomMessageToken,
            ["Providers__Revicom__ConversionBaseAddress"] = Address(SimulatedProvider.RevicomConversion),
            ["Providers__Revicom__ConversionToken"] = SimulatorDefaults.RevicomConversionToken,
            ["Providers__Bird__BaseAddress"] = Address(SimulatedProvider.Bird),
            ["Providers__Bird__AccessKey"] = SimulatorDefaults.BirdAccessKey,
            ["Providers__Bird__WorkspaceId"] = SimulatorDefaults.BirdWorkspaceId,
            ["Providers__Bird__ChannelId"] = SimulatorDefaults.BirdChannelId,
            ["Providers__Bird__WebhookSigningKey"] = SimulatorDefaults.BirdSigningKey,
            ["Providers__Lanck__BaseAddress"] = Address(SimulatedProvider.Lanck + "/v1"),
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
    public async Task What_the_Bicep_sets_starts_in_production()
    {
        var facts = await BicepFacts.ReadAsync();
        using var host = Start(Environments.Production, facts.AppSettings.Select(pair => Filled(pair, used: true)));
        Assert.Superset(Four, Names(host));
    }

    [Fact]
    public async Task What_the_Bicep_sets_for_no_provider_starts_without_any()
    {
        var facts = await BicepFacts.ReadAsync();
        using var host = Start(Environments.Production, facts.AppSettings.Select(pair => Filled(pair, used: false)));
        Assert.Empty(Names(host));
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
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddConfiguration(SampleSettings.Configuration(settings));
        builder.AddFlashFunctions();
        builder.Services.AddAzureStorage(builder.Configuration);
        var host = builder.Build();
        host.Services.GetRequiredService<IStartupValidator>().Validate();
        return host;
    }

    // What a deployment puts where the Bicep has an expression.
    private static KeyValuePair<string, string?> Filled(KeyValuePair<string, string?> setting, bool used) => setting switch
    {
        { Value: not null } => setting,
        { Key: "APPLICATIONINSIGHTS_CONNECTION_STRING" } => new(setting.Key, "InstrumentationKey=00000000-0000-0000-0000-000000000001"),
        { Key: "Security__ServiceKey" } => new(setting.Key, Key),
        { Key: "Security__PreviousServiceKeys__*" } => new("Security__PreviousServiceKeys__0", Key),
        { Key: "Security__ActiveCodeKey" } => new(setting.Key, "k1"),
        { Key: "Security__CodeKeys__*" } => new("Security__CodeKeys__k1", Key),
        { Key: "Routing__Order__*" } => new("Routing__Order__call", "unibell,lanck"),
        { Key: "Routing__Country__*__*" } => new("Routing__Country__EE__call", "lanck"),
        { Key: "Workflows__Default__*" } => new("Workflows__Default__call", """[{"method":"call","wait":20},{"method":"sms"}]"""),
        { Key: "Workflows__Country__*__*" } => new("Workflows__Country__EE__sms", """[{"method":"sms"}]"""),
        { Key: "TestNumbers__*__Number" } => new("TestNumbers__0__Number", "+15005550006"),
        { Key: "TestNumbers__*__Code" } => new("TestNumbers__0__Code", "000000"),
        { Key: "TestNumbers__*__Outcome" } => new("TestNumbers__0__Outcome", "undelivered"),
        { Key: "TestNumbers__*__Delay" } => new("TestNumbers__0__Delay", "20"),
        { Key: "Prices__*__Provider" } => new("Prices__0__Provider", "unibell"),
        { Key: "Prices__*__Product" } => new("Prices__0__Product", "call"),
        { Key: "Prices__*__Prefix" } => new("Prices__0__Prefix", "372"),
        { Key: "Prices__*__Price" } => new("Prices__0__Price", "0.01"),
        { Key: "Prices__*__Currency" } => new("Prices__0__Currency", "EUR"),
        { Key: var name } when name.StartsWith("Providers__", StringComparison.Ordinal) && !used => new(name, ""),
        { Key: var name } when IsAddress(name) => new(name, "https://service.example/v1"),
        { Key: var name } => new(name, "a-secret-of-letters-0123456789"),
    };

    private static bool IsAddress(string name) =>
        name.EndsWith("Uri", StringComparison.Ordinal) || name.EndsWith("Address", StringComparison.Ordinal);
}
