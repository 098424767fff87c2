using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Revicom;

public static class RevicomRegistration
{
    /// <summary>Adds Revicom from section <c>Providers:Revicom</c>.</summary>
    public static IServiceCollection AddRevicom(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddProvider<RevicomOptions, RevicomClient, RevicomProvider, RevicomWebhookReader>(
            configuration.GetSection(RevicomOptions.Section), RevicomProvider.ProviderName);
        return services;
    }
}
