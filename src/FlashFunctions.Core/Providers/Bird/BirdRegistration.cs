using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Bird;

public static class BirdRegistration
{
    /// <summary>Adds Bird from section <c>Providers:Bird</c>.</summary>
    public static IServiceCollection AddBird(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.AddProvider<BirdOptions, BirdClient, BirdProvider, BirdWebhookReader>(
            configuration.GetSection(BirdOptions.Section), BirdProvider.ProviderName))
        {
            services.AddSingleton<BirdEntropy>().AddHostedService<BirdPoolCheck>();
        }

        return services;
    }
}
