using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Bird;
using FlashFunctions.Core.Providers.Lanck;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Revicom;
using FlashFunctions.Core.Providers.Unibell;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers;

/// <summary>Puts the providers into the service. The order here is the default order of routing.</summary>
public static class ProviderRegistration
{
    /// <summary>Adds the four providers, as far as they are configured, their webhook readers, and routing.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration) => services
        .AddDevelopmentMode(configuration)
        .AddSingleton<CallbackAddresses>()
        .AddUnibell(configuration)
        .AddRevicom(configuration)
        .AddBird(configuration)
        .AddLanck(configuration)
        .AddRouting(configuration);

    /// <summary>
    /// One provider: its webhook reader always, since it fails closed without a secret; the rest when any of its credentials is set.
    /// </summary>
    internal static bool AddProvider<TOptions, TClient, TProvider, TReader>(
        this IServiceCollection services, IConfigurationSection section, string name)
        where TOptions : ProviderOptions, new()
        where TClient : class
        where TProvider : class, IProvider
        where TReader : class, IWebhookReader
    {
        services.AddSingleton(new KnownProvider(name));
        services.AddKeyedSingleton<IWebhookReader, TReader>(name);
        services.AddOptions<TOptions>().Bind(section);
        if (section.Get<TOptions>() is not { IsConfigured: true })
        {
            return false;
        }

        services.AddOptions<TOptions>().ValidateOnStart();
        services.AddSingleton<IValidateOptions<TOptions>>(provider =>
            new ProviderOptionsValidator<TOptions>(section.Path, provider.GetRequiredService<DevelopmentMode>()));
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
