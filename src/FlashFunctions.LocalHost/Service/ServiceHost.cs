using FlashFunctions.AzureStorage;
using FlashFunctions.LocalHost.Http;
using FlashFunctions.LocalHost.Queues;
using FlashFunctions.LocalHost.Rehearsal;
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
        var rehearsal = settings.Environment == Environments.Development
            && (settings.Simulator?.Address ?? settings.SimulatorAddress) is { } simulator
            ? new RehearsalSettings(simulator, settings.Kill, settings.IsBack)
            : null;
        var host = new LocalHostSettings
        {
            Functions = typeof(ServiceRegistration).Assembly,
            Port = settings.Port,
            Manual = settings.Manual,
            Environment = settings.Environment,
            Defaults = Defaults(settings),
            Configuration = settings.Configuration,
            Endpoints = rehearsal is null ? null : RehearsalPage.MapRehearsal,
        };
        return LocalHostApp.Create(host, Configure);

        void Configure(WebApplicationBuilder builder)
        {
            AssumeTailsOfSimulator(builder.Configuration, AddressOf(settings));
            builder.AddFlashFunctions();
            if (settings.Embedded is { } embedded)
            {
                builder.Services.AddEmbeddedStorage(embedded);
            }
            else
            {
                builder.Services.AddAzureStorage(builder.Configuration).AddSingleton<IQueueSource, AzureQueueSource>();
            }

            if (rehearsal is not null)
            {
                builder.Services.AddRehearsal(rehearsal);
            }

            settings.Services?.Invoke(builder.Services);
        }
    }

    /// <summary>The account-level callback addresses that the simulated providers need.</summary>
    public static SimulatedCallbackAddresses CallbackAddresses(string publicAddress) => new()
    {
        Unibell = new Uri($"{publicAddress}/webhooks/unibell/{UnibellWebhookToken}"),
        Bird = new Uri($"{publicAddress}/webhooks/bird"),
        InboundSms = new Uri($"{publicAddress}/webhooks/lanck/inbound-sms/{InboundSmsToken}"),
    };

    /// <summary>Where each simulated provider is; null where there are none.</summary>
    private static Func<string, Uri>? AddressOf(ServiceSettings settings) =>
        settings.Simulator is { } simulator ? simulator.AddressOf
        : settings.SimulatorAddress is { } address ? provider => SimulatorApp.AddressOf(address, provider)
        : null;

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

        if (AddressOf(settings) is { } addressOf)
        {
            AddSimulated(defaults, addressOf);
        }

        return defaults;
    }

    /// <summary>The simulated Bird calls from numbers with all tails of four digits; of another one nothing is assumed.</summary>
    private static void AssumeTailsOfSimulator(ConfigurationManager configuration, Func<string, Uri>? addressOf)
    {
        const string AssumedTails = "Providers:Bird:AssumedTails";
        if (configuration[AssumedTails] is null
            && configuration["Providers:Bird:BaseAddress"] is { } address
            && address == addressOf?.Invoke(SimulatedProviders.Bird).ToString())
        {
            configuration.AddInMemoryCollection([new(AssumedTails, "10000")]);
        }
    }

    private static void AddSimulated(Dictionary<string, string?> defaults, Func<string, Uri> addressOf)
    {
        const string NoLimit = "10000";
        defaults["Providers:Unibell:BaseAddress"] = addressOf(SimulatedProviders.Unibell).ToString();
        defaults["Providers:Unibell:ApiKey"] = SimulatorDefaults.UnibellAccessKey;
        defaults["Providers:Unibell:WebhookAppKey"] = SimulatorDefaults.UnibellAppKey;
        defaults["Providers:Unibell:WebhookToken"] = UnibellWebhookToken;
        defaults["Providers:Revicom:BaseAddress"] = addressOf(SimulatedProviders.Revicom).ToString();
        defaults["Providers:Revicom:Token"] = SimulatorDefaults.RevicomMessageToken;
        defaults["Providers:Revicom:ConversionBaseAddress"] = addressOf(SimulatedProviders.RevicomConversion).ToString();
        defaults["Providers:Revicom:ConversionToken"] = SimulatorDefaults.RevicomConversionToken;
        defaults["Providers:Bird:BaseAddress"] = addressOf(SimulatedProviders.Bird).ToString();
        defaults["Providers:Bird:AccessKey"] = SimulatorDefaults.BirdAccessKey;
        defaults["Providers:Bird:WorkspaceId"] = SimulatorDefaults.BirdWorkspaceId;
        defaults["Providers:Bird:ChannelId"] = SimulatorDefaults.BirdChannelId;
        defaults["Providers:Bird:WebhookSigningKey"] = SimulatorDefaults.BirdSigningKey;
        defaults["Providers:Lanck:BaseAddress"] = addressOf(SimulatedProviders.Lanck).ToString();
        defaults["Providers:Lanck:TokenId"] = SimulatorDefaults.LanckId;
        defaults["Providers:Lanck:TokenSecret"] = SimulatorDefaults.LanckSecret;
        defaults["Providers:Lanck:InboundSmsToken"] = InboundSmsToken;
        foreach (var address in defaults.Keys.Where(key => key.EndsWith(":BaseAddress", StringComparison.Ordinal)).ToArray())
        {
            defaults[address.Replace(":BaseAddress", ":RequestsPerSecond", StringComparison.Ordinal)] = NoLimit;
        }
    }
}
