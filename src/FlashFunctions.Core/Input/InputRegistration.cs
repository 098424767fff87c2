using FlashFunctions.Core.Numbers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Input;

internal static class InputRegistration
{
    public static IServiceCollection AddInput(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NumberOptions>().Bind(configuration.GetSection(NumberOptions.Section)).ValidateOnStart();
        return services.AddSingleton(NumberPlan.Instance).AddSingleton<NumberInput>().AddSingleton<CommonInput>()
            .AddHostedService<NumberPlanWarmUp>();
    }
}
