using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Operations;

internal static class OperationRegistration
{
    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<StopAccountUseCase>()
        .AddSingleton<EraseUseCase>()
        .AddSingleton<ExportUseCase>();
}
