using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Workflows;

internal static class WorkflowRegistration
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkflowOptions>().Bind(configuration.GetSection(WorkflowOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WorkflowOptions>, WorkflowOptionsCheck>();
        return services
            .AddSingleton<StepQueue>()
            .AddSingleton<StepCandidates>()
            .AddSingleton<Placements>()
            .AddSingleton<SendPermission>()
            .AddSingleton<StepReservations>()
            .AddSingleton<StepPlacement>()
            .AddSingleton<LostReports>()
            .AddSingleton<TestReports>()
            .AddSingleton<StepDispatcher>()
            .AddSingleton<Admissions>()
            .AddSingleton<Acceptance>()
            .AddSingleton<NextSteps>()
            .AddSingleton<PoisonUseCase>()
            .AddSingleton<WorkflowDefaults>()
            .AddSingleton<WorkflowInput>();
    }
}
