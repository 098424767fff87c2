using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Inbound;

internal static class InboundRegistration
{
    public static IServiceCollection AddInbound(this IServiceCollection services) => services
        .AddSingleton<InboundStore>()
        .AddSingleton<InboundSmsIntake>()
        .AddSingleton<InboundForwarder>();
}
