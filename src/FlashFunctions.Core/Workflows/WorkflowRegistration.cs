using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Workflows;

internal static class WorkflowRegistration
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services) => services
        .AddSingleton<StepQueue>()
        .AddSingleton<StepCandidates>()
        .AddSingleton<Placements>()
        .AddSingleton<StepPlacement>()
        .AddSingleton<StepDispatcher>()
        .AddSingleton<Admissions>()
        .AddSingleton<Acceptance>()
        .AddSingleton<NextSteps>()
        .AddSingleton<PoisonUseCase>()
        .AddSingleton<WorkflowInput>();
}
