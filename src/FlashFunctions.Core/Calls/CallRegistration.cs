using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Calls;

internal static class CallRegistration
{
    public static IServiceCollection AddCalls(this IServiceCollection services) =>
        services
            .AddSingleton<FlashCallInput>()
            .AddSingleton<FlashCallUseCase>()
            .AddSingleton<PlacingsUnderWay>()
            .AddHostedService(provider => provider.GetRequiredService<PlacingsUnderWay>())
            .AddSingleton<SpokenCallInput>()
            .AddSingleton<SpokenCallUseCase>();
}
