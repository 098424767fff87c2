using System.Net;
using FlashFunctions.LocalHost.Functions;
using FlashFunctions.LocalHost.Http;
using FlashFunctions.LocalHost.Queues;
using FlashFunctions.LocalHost.Timers;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FlashFunctions.LocalHost;

/// <summary>
/// Runs a function app's own classes by their attributes: HTTP functions on Kestrel, queue functions over an <see cref="IQueueSource"/>,
/// timer functions by the registered <see cref="TimeProvider"/>.
/// </summary>
public sealed class LocalHostApp : IAsyncDisposable
{
    private static readonly KeyValuePair<string, string?>[] LoggingDefaults =
    [
        new("Logging:LogLevel:Default", "Information"),
        new("Logging:LogLevel:Microsoft", "Warning"),
        new("Logging:LogLevel:Microsoft.Extensions.Hosting.Internal.Host", "Critical"), // Its errors are thrown as well.
        new("Logging:LogLevel:System", "Warning"),
        new("Logging:LogLevel:Polly", "Warning"),
        new("Logging:LogLevel:Azure", "Warning"),
    ];

    private readonly WebApplication _app;

    private LocalHostApp(WebApplication app) => _app = app;

    /// <summary>The services of the app and of the host.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where the HTTP functions are; known once the host has started.</summary>
    public Uri Address => new(_app.Urls.First());

    /// <summary>Reads the functions and builds their services.</summary>
    /// <param name="settings">How to run them.</param>
    /// <param name="configure">Registers the app's services and, where it has queue functions, an <see cref="IQueueSource"/>.</param>
    /// <exception cref="InvalidOperationException">
    /// A function cannot be run here, or a service is missing; the message says which.
    /// </exception>
    public static LocalHostApp Create(LocalHostSettings settings, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = settings.Environment });
        Configure(builder.Configuration, settings);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddSimpleConsole(
            console => (console.SingleLine, console.UseUtcTimestamp, console.TimestampFormat) =
                (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' "));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null; // The functions have their own, far smaller limit and their own answer.
            kestrel.Listen(IPAddress.Loopback, settings.Port);
        });
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateOnBuild = provider.ValidateScopes = true);
        configure?.Invoke(builder);
        var catalog = AddHost(builder, settings);
        var app = builder.Build();
        app.MapFunctions(catalog.Http);
        settings.Endpoints?.Invoke(app);
        return new LocalHostApp(app);
    }

    /// <summary>Listens and, unless the host is manual, begins with queues and timers.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _app.StartAsync(cancellationToken);

    /// <summary>
    /// Takes nothing new, and returns when what is running has ended: within 30 seconds, after which it is told to give up.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    /// <summary>Returns when the process was asked to end and the host has stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>
    /// Delivers every visible message of every queue, one after another, with those that functions send meanwhile, until none is
    /// visible. A function that throws is handled as by the pump. Returns the number of deliveries.
    /// </summary>
    public Task<int> PumpQueuesAsync(CancellationToken cancellationToken = default) =>
        Services.GetRequiredService<QueueWorkers>().DeliverAllAsync(null, cancellationToken);

    /// <summary>The same for one queue.</summary>
    public Task<int> PumpQueuesAsync(string queue, CancellationToken cancellationToken = default) =>
        Services.GetRequiredService<QueueWorkers>().DeliverAllAsync(queue, cancellationToken);

    /// <summary>Delivers one message of the queue, whatever its function makes of it. False when none is visible.</summary>
    public Task<bool> DeliverOneAsync(string queue, CancellationToken cancellationToken = default) =>
        Services.GetRequiredService<QueueWorkers>().DeliverOneAsync(queue, cancellationToken);

    /// <summary>Runs a timer function now. What it throws comes through.</summary>
    public Task RunTimerAsync(string functionName, CancellationToken cancellationToken = default) =>
        Services.GetRequiredService<TimerWorkers>().RunOnceAsync(functionName, cancellationToken);

    /// <summary>Stops and releases everything.</summary>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(ConfigurationManager configuration, LocalHostSettings settings)
    {
        configuration.AddInMemoryCollection(LoggingDefaults).AddInMemoryCollection(settings.Defaults);
        if (!settings.Manual)
        {
            configuration.AddEnvironmentVariables();
        }

        configuration.AddInMemoryCollection(settings.Configuration);
    }

    private static FunctionCatalog AddHost(WebApplicationBuilder builder, LocalHostSettings settings)
    {
        var hostJson = HostJson.Read(settings.HostJson, builder.Configuration);
        var catalog = new FunctionCatalog(settings.Functions.GetTypes(), builder.Configuration, hostJson.RoutePrefix);
        var services = builder.Services;
        if (catalog.Queues.Count > 0 && services.All(service => service.ServiceType != typeof(IQueueSource)))
        {
            throw new InvalidOperationException(
                $"Function {catalog.Queues[0].Name} reads a queue, but no {nameof(IQueueSource)} is registered.");
        }

        foreach (var type in catalog.Classes)
        {
            services.TryAddScoped(type);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddRoutingCore().AddSingleton(hostJson).AddSingleton(catalog).AddSingleton<FunctionKey>().AddSingleton<CallsInFlight>();
        services.AddSingleton<QueueWorkers>().AddSingleton<TimerWorkers>();
        if (!settings.Manual)
        {
            services.AddHostedService(provider => provider.GetRequiredService<QueueWorkers>());
            services.AddHostedService(provider => provider.GetRequiredService<TimerWorkers>());
        }

        return catalog;
    }
}
