using FlashFunctions.Core.Providers;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Requests;

internal static class RequestRegistration
{
    public static IServiceCollection AddRequests(this IServiceCollection services) => services
        .AddSingleton<KeptTexts>()
        .AddSingleton<RequestStore>()
        .AddSingleton<RequestIndex>()
        .AddSingleton<RequestChanges>()
        .AddSingleton<FollowUps>()
        .AddSingleton<ReportQueue>()
        .AddSingleton<OutcomeReporter>()
        .AddSingleton<ReportPoison>()
        .AddSingleton<WebhookReferences>()
        .AddSingleton<WebhookIntake>()
        .AddSingleton<GoalUseCase>()
        .AddSingleton<ReadUseCase>();
}
