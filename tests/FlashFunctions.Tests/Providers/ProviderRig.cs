using System.Text;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.Providers;

/// <summary>
/// The providers as the service registers them, over a scripted upstream or real sockets, with the time in the test's hand.
/// </summary>
internal sealed class ProviderRig : IAsyncDisposable
{
    public const string PublicAddress = "https://verify.example";

    public static readonly (string Key, string Value)[] Unibell =
    [
        ("Providers:Unibell:ApiKey", "unibell-key"),
        ("Providers:Unibell:WebhookAppKey", "unibell-app-key"),
        ("Providers:Unibell:WebhookToken", "unibell-webhook-token"),
    ];

    public static readonly (string Key, string Value)[] Revicom = [("Providers:Revicom:Token", "cmV2aWNvbS10b2tlbg==")];

    public static readonly (string Key, string Value)[] Bird =
    [
        ("Providers:Bird:AccessKey", "bird-key"),
        ("Providers:Bird:WorkspaceId", "a1405560-c8d3-4b1a-877d-3f449ad95352"),
        ("Providers:Bird:ChannelId", "854ec0e3-b76e-5b3a-a4a8-c5d2e4b6f001"),
        ("Providers:Bird:WebhookSigningKey", "bird-signing-key"),
    ];

    public static readonly (string Key, string Value)[] Lanck =
    [
        ("Providers:Lanck:BaseAddress", "https://lanck.example/v1"),
        ("Providers:Lanck:TokenId", "lanck-id"),
        ("Providers:Lanck:TokenSecret", "lanck-secret"),
    ];

    private readonly ServiceProvider _services;

    public ProviderRig(params (string Key, string Value)[] settings)
        : this("Production", realSockets: false, settings)
    {
    }

    public ProviderRig(string environment, bool realSockets, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)))
            .Build();
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IHostEnvironment>(new Environment(environment))
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs))
            .Configure<ServiceOptions>(options => options.PublicAddress = PublicAddress)
            .Configure<SecurityOptions>(options => options.ServiceKey = Convert.ToBase64String(new byte[32]))
            .AddSingleton<ServiceKey>()
            .AddSingleton<CallbackAddresses>()
            .AddProviders(configuration);
        if (!realSockets)
        {
            services.ConfigureAll<HttpClientFactoryOptions>(options =>
                options.HttpMessageHandlerBuilderActions.Add(builder => builder.PrimaryHandler = Upstream));
        }

        _services = services.BuildServiceProvider();
    }

    public SteppedTime Time { get; } = new(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));

    public FakeUpstream Upstream { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public IServiceProvider Services => _services;

    public Routing Routing => _services.GetRequiredService<Routing>();

    public CallbackAddresses Callbacks => _services.GetRequiredService<CallbackAddresses>();

    public static Placement Call(string? code, string? from = null, int codeLength = 4, int ringSeconds = 60) => new(
        new AttemptKey("0123456789ABCDEFGHJKMNPQRS", 0),
        Channel.Call,
        PhoneNumber.Parse("+14085553911", null),
        code,
        code?.Length ?? codeLength,
        from,
        Text: null,
        Language: null,
        TimeSpan.FromSeconds(ringSeconds),
        new Dictionary<string, string>(StringComparer.Ordinal));

    public static UpstreamReport Report(UpstreamVerdict verdict, string? reference = "reference-1") =>
        new(Call(null).Attempt, reference, Call(null).To, verdict);

    public IProvider Provider(string name) => Assert.Single(_services.GetServices<IProvider>(), provider => provider.Name == name);

    public WebhookReading Webhook(string name, string path, string body, params (string Name, string Value)[] headers) =>
        Webhook(name, path, Encoding.UTF8.GetBytes(body), headers);

    public WebhookReading Webhook(string name, string path, byte[] body, params (string Name, string Value)[] headers) =>
        _services.GetRequiredKeyedService<IWebhookReader>(name).Read(new ProviderWebhook(
            path,
            $"{PublicAddress}/webhooks/{name}/{path}",
            headers.ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase),
            body));

    /// <summary>What is wrong with a webhook's path before its body is read.</summary>
    public WebhookReading.NotAuthentic? RefusalOf(string name, string path) =>
        _services.GetRequiredKeyedService<IWebhookReader>(name).RefusalOf(path);

    /// <summary>The path behind /webhooks/{name}/ of the address that the provider was given for the attempt.</summary>
    public string CallbackPath(string name) =>
        Callbacks.For(name, Call(null).Attempt)[$"{PublicAddress}/webhooks/{name}/".Length..];

    public Task<PlaceOutcome> PlaceAsync(string name, Placement placement) =>
        PassTimeAsync(Provider(name).PlaceAsync(placement, CancellationToken.None));

    public Task<ReportOutcome> ReportAsync(string name, UpstreamReport report) =>
        PassTimeAsync(Assert.IsAssignableFrom<ITakeReports>(Provider(name)).ReportAsync(report, CancellationToken.None));

    /// <summary>Lets time pass, 50 ms at a turn, until the task has ended.</summary>
    public Task<T> PassTimeAsync<T>(Task<T> task) => Time.PassAsync(task, TimeSpan.FromMilliseconds(50));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private sealed class Environment(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
