using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Callbacks;

internal static class CallbackRegistration
{
    public static IServiceCollection AddCallbacks(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<CallbackOptions>().Bind(configuration.GetSection(CallbackOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CallbackOptions>, CallbackOptionsCheck>();
        services.TryAddSingleton<HostResolver>((host, cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken));
        return services
            .AddSingleton<AddressGuard>()
            .AddSingleton<DeadLetters>()
            .AddSingleton<CallbackQueue>()
            .AddSingleton<CallbackSender>()
            .AddSingleton<SendSlots>()
            .AddSingleton<DeliveryTry>()
            .AddSingleton<RequestCallbacks>()
            .AddSingleton<CallbackPoison>();
    }
}
