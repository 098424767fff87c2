using FlashFunctions.AzureStorage;
using FlashFunctions.LocalHost.Http;
using FlashFunctions.LocalHost.Queues;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.Simulator;

namespace FlashFunctions.LocalHost.Service;

/// <summary>Puts the function app, a store and the simulated providers together on one machine.</summary>
public static class ServiceHost
{
    /// <summary>The key that operators' functions ask for in development, unless the configuration names another.</summary>
    public const string DevelopmentFunctionKey = FunctionKey.ForDevelopment;

    /// <summary>The key id of the development account, unless the configuration names another.</summary>
    public const string KeyId = "dev";

    /// <summary>The secret of the development account, unless the configuration names another.</summary>
    public const string Secret = "dev-secret";

    /// <summary>The end of Unibell's callback address in development.</summary>
    public const string UnibellWebhookToken = "unibell-development-token";

    /// <summary>The end of the address for inbound SMS in development.</summary>
    public const string InboundSmsToken = "inbound-sms-development-token";

    /// <summary>Builds the service; it runs after <see cref="LocalHostApp.StartAsync"/>.</summary>
    public static LocalHostApp Create(ServiceSettings settings)
    {
        var host = new LocalHostSettings
        {
            Functions = typeof(ServiceRegistration).Assembly,
            Port = settings.Port,
            Manual = settings.Manual,
            Environment = settings.Environment,
            Defaults = Defaults(settings),
            Configuration = settings.Configuration,
        };
        return LocalHostApp.Create(host, builder =>
        {
            AssumeTailsOfSimulator(builder.Configuration, settings.Simulator);
            builder.AddFlashFunctions();
            if (settings.Embedded is { } embedded)
            {
                builder.Services.AddEmbeddedStorage(embedded);
            }
            else
            {
                builder.Services.AddAzureStorage(builder.Configuration).AddSingleton<IQueueSource, AzureQueueSource>();
            }

            settings.Services?.Invoke(builder.Services);
        });
    }

    /// <summary>The account-level callback addresses that the simulated providers need.</summary>
    public static SimulatedCallbackAddresses CallbackAddresses(string publicAddress) => new()
    {
        Unibell = new Uri($"{publicAddress}/webhooks/unibell/{UnibellWebhookToken}"),
        Bird = new Uri($"{publicAddress}/webhooks/bird"),
        InboundSms = new Uri($"{publicAddress}/webhooks/lanck/inbound-sms/{InboundSmsToken}"),
    };

    private static Dictionary<string, string?> Defaults(ServiceSettings settings)
    {
        var defaults = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Service:PublicAddress"] = settings.PublicAddress,
            ["DevelopmentAccount:KeyId"] = KeyId,
            ["DevelopmentAccount:Secret"] = Secret,
            ["TestNumbers:0:Number"] = "+15005550006",
            ["TestNumbers:0:Code"] = "000000",
            ["Storage:createAtStart"] = "true",
            ["Callbacks:AllowLoopback"] = settings.Environment == Environments.Development ? "true" : "false",
        };
        if (settings.Environment == Environments.Development)
        {
            defaults[FunctionKey.Setting] = FunctionKey.ForDevelopment;
        }

        if (settings.Simulator is { } simulator)
        {
            AddSimulated(defaults, simulator);
        }

        return defaults;
    }

    /// <summary>The simulated Bird calls from numbers with all tails of four digits; of another one nothing is assumed.</summary>
    private static void AssumeTailsOfSimulator(ConfigurationManager configuration, SimulatorApp? simulator)
    {
        const string AssumedTails = "Providers:Bird:AssumedTails";
        if (configuration[AssumedTails] is null
            && configuration["Providers:Bird:BaseAddress"] is { } address
            && address == simulator?.AddressOf(SimulatedProviders.Bird).ToString())
        {
            configuration.AddInMemoryCollection([new(AssumedTails, "10000")]);
        }
    }

    private static void AddSimulated(Dictionary<string, string?> defaults, SimulatorApp simulator)
    {
        const string NoLimit = "10000";
        defaults["Providers:Unibell:BaseAddress"] = simulator.AddressOf(SimulatedProviders.Unibell).ToString();
        defaults["Providers:Unibell:ApiKey"] = SimulatorDefaults.UnibellAccessKey;
        defaults["Providers:Unibell:WebhookAppKey"] = SimulatorDefaults.UnibellAppKey;
        defaults["Providers:Unibell:WebhookToken"] = UnibellWebhookToken;
        defaults["Providers:Revicom:BaseAddress"] = simulator.AddressOf(SimulatedProviders.Revicom).ToString();
        defaults["Providers:Revicom:Token"] = SimulatorDefaults.RevicomMessageToken;
        defaults["Providers:Revicom:ConversionBaseAddress"] = simulator.AddressOf(SimulatedProviders.RevicomConversion).ToString();
        defaults["Providers:Revicom:ConversionToken"] = SimulatorDefaults.RevicomConversionToken;
        defaults["Providers:Bird:BaseAddress"] = simulator.AddressOf(SimulatedProviders.Bird).ToString();
        defaults["Providers:Bird:AccessKey"] = SimulatorDefaults.BirdAccessKey;
        defaults["Providers:Bird:WorkspaceId"] = SimulatorDefaults.BirdWorkspaceId;
        defaults["Providers:Bird:ChannelId"] = SimulatorDefaults.BirdChannelId;
        defaults["Providers:Bird:WebhookSigningKey"] = SimulatorDefaults.BirdSigningKey;
        defaults["Providers:Lanck:BaseAddress"] = simulator.AddressOf(SimulatedProviders.Lanck).ToString();
        defaults["Providers:Lanck:TokenId"] = SimulatorDefaults.LanckId;
        defaults["Providers:Lanck:TokenSecret"] = SimulatorDefaults.LanckSecret;
        defaults["Providers:Lanck:InboundSmsToken"] = InboundSmsToken;
        foreach (var address in defaults.Keys.Where(key => key.EndsWith(":BaseAddress", StringComparison.Ordinal)).ToArray())
        {
            defaults[address.Replace(":BaseAddress", ":RequestsPerSecond", StringComparison.Ordinal)] = NoLimit;
        }
    }
}
