using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Unibell;

public static class UnibellRegistration
{
    /// <summary>Adds Unibell from section <c>Providers:Unibell</c>.</summary>
    public static IServiceCollection AddUnibell(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddProvider<UnibellOptions, UnibellClient, UnibellProvider, UnibellWebhookReader>(
            configuration.GetSection(UnibellOptions.Section), UnibellProvider.ProviderName);
        return services;
    }
}
