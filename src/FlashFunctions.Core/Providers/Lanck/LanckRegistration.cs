using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

public static class LanckRegistration
{
    /// <summary>Adds Lanck from section <c>Providers:Lanck</c>.</summary>
    public static IServiceCollection AddLanck(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.AddProvider<LanckOptions, LanckClient, LanckProvider, LanckWebhookReader>(
            configuration.GetSection(LanckOptions.Section), LanckProvider.ProviderName))
        {
            services.AddSingleton<LanckVerification>();
            services.AddSingleton<LanckRequests>();
            services.AddSingleton<LanckFailover>();
            services.AddSingleton<LanckInsight>();
            services.AddSingleton<LanckGoals>();
            services.AddSingleton<IProvider, LanckVerifyProvider>();
        }

        services.AddSingleton(new KnownProvider(LanckVerifyProvider.ProviderName));
        services.AddSingleton<LanckInboundSms>();
        return services;
    }
}
