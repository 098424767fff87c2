using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Messages;

internal static class MessageRegistration
{
    public static IServiceCollection AddMessages(this IServiceCollection services) => services
        .AddSingleton<Outbox>()
        .AddSingleton<MessageInput>()
        .AddSingleton<MessageUseCase>()
        .AddSingleton<FlowInput>()
        .AddSingleton<FlowUseCase>();
}
