using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Insight;

internal static class InsightRegistration
{
    public static IServiceCollection AddInsight(this IServiceCollection services) => services.AddSingleton<InsightUseCase>();
}
