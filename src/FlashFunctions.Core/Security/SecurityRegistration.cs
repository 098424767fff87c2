using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

internal static class SecurityRegistration
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddDevelopmentMode(configuration);
        services.AddSingleton<IValidateOptions<ServiceOptions>>(new UnresolvedReferencesCheck(configuration));
        services.AddOptions<SecurityOptions>()
            .Bind(configuration.GetSection(SecurityOptions.Section))
            .PostConfigure<DevelopmentMode>(DevelopmentKeys.FillIn)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsCheck>();
        return services.AddSingleton<SecurityLog>().AddSingleton<ServiceKey>().AddSingleton<SealedText>().AddSingleton<CodeKeys>();
    }

    /// <summary>Adds <see cref="DevelopmentMode"/>, for whatever checks settings.</summary>
    public static IServiceCollection AddDevelopmentMode(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(provider => new DevelopmentMode(provider.GetRequiredService<IHostEnvironment>(), configuration));
        return services;
    }
}
