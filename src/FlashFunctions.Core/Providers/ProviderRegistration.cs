using FlashFunctions.Core.Providers.Bird;
using FlashFunctions.Core.Providers.Lanck;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Revicom;
using FlashFunctions.Core.Providers.Unibell;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Core.Providers;

/// <summary>Puts the providers into the service. The order here is the default order of routing.</summary>
public static class ProviderRegistration
{
    /// <summary>Adds the providers that have credentials, the webhook readers of all, and routing.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDevelopmentMode(configuration).AddSingleton<CallbackAddresses>().AddHostedService<CircuitGauge>();

        services.AddProvider<UnibellOptions, UnibellClient, UnibellProvider, UnibellWebhook>(
            configuration, UnibellOptions.Section, UnibellProvider.ProviderName);
        services.AddProvider<RevicomOptions, RevicomClient, RevicomProvider, RevicomWebhook>(
            configuration, RevicomOptions.Section, RevicomProvider.ProviderName);

        if (services.AddProvider<BirdOptions, BirdClient, BirdProvider, BirdWebhook>(
            configuration, BirdOptions.Section, BirdProvider.ProviderName))
        {
            services.AddHostedService<BirdPoolCheck>();
        }

        if (services.AddProvider<LanckOptions, LanckClient, LanckProvider, LanckWebhook>(
            configuration, LanckOptions.Section, LanckProvider.ProviderName))
        {
            services.AddSingleton<IProvider, LanckVerifyProvider>();
        }

        services.AddSingleton(new KnownProvider(LanckVerifyProvider.ProviderName));

        return services
            .AddSettings<RoutingOptions, RoutingOptionsCheck>(configuration, RoutingOptions.Section)
            .AddSingleton<Routing>()
            .AddSingleton<RouteBook>();
    }

    /// <summary>
    /// Adds one provider: always its webhook reader, which fails closed without a secret; the rest when any of its credentials is set.
    /// </summary>
    /// <returns>Whether the provider is configured.</returns>
    private static bool AddProvider<TOptions, TClient, TProvider, TReader>(
        this IServiceCollection services, IConfiguration configuration, string sectionPath, string name)
        where TOptions : ProviderOptions, new()
        where TClient : class
        where TProvider : class, IProvider
        where TReader : class, IWebhookReader
    {
        var section = configuration.GetSection(sectionPath);
        services.AddSingleton(new KnownProvider(name));
        services.AddKeyedSingleton<IWebhookReader, TReader>(name);
        services.AddOptions<TOptions>().Bind(section);
        if (section.Get<TOptions>() is not { IsConfigured: true })
        {
            return false;
        }

        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(provider =>
            new ProviderOptionsCheck<TOptions>(section.Path, provider.GetRequiredService<DevelopmentMode>()));
        services.AddKeyedSingleton(name, (provider, _) => new ProviderPipeline(
            name,
            provider.GetRequiredService<IOptions<TOptions>>().Value,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ProviderPipeline>>()));
        services.AddProviderClient<TClient>();
        services.AddSingleton<IProvider, TProvider>();
        return true;
    }

    // The factory's own loggers would write addresses; redirects would repeat a POST; a trace header is nobody else's business.
    private static void AddProviderClient<TClient>(this IServiceCollection services)
        where TClient : class => services
        .AddHttpClient<TClient>(http =>
        {
            http.Timeout = Timeout.InfiniteTimeSpan;
            http.DefaultRequestHeaders.UserAgent.ParseAdd("FlashFunctions");
        })
        .RemoveAllLoggers()
        .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
        .UseSocketsHttpHandler((handler, _) => Configure(handler));

    internal static void Configure(SocketsHttpHandler handler)
    {
        handler.AllowAutoRedirect = false;
        handler.UseCookies = false;
        handler.ActivityHeadersPropagator = null;
        handler.ConnectTimeout = TimeSpan.FromSeconds(3);
        handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);

        // Shorter than what servers keep idle connections for, so that one is rarely closed under a request that is just leaving.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20);
    }
}
