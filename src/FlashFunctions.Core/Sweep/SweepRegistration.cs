using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Sweep;

internal static class SweepRegistration
{
    public static IServiceCollection AddSweep(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SweepOptions>().Bind(configuration.GetSection(SweepOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddSingleton<Watermarks>()
            .AddSingleton<StatisticsStore>()
            .AddSingleton<SweepRunner>()
            .AddSingleton<DueRequests>()
            .AddSingleton<StalledRequests>()
            .AddSingleton<Purge>()
            .AddSingleton<OldTexts>()
            .AddSingleton<SweepUseCase>()
            .AddSingleton<HealthUseCase>();
    }
}
