using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Guard;

internal static class GuardRegistration
{
    public static IServiceCollection AddGuard(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<GuardOptions>().Bind(configuration.GetSection(GuardOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<NumberGuard>().AddSingleton<NumberScreen>();
    }
}
