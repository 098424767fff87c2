using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Calls;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Idempotency;
using FlashFunctions.Core.Inbound;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Insight;
using FlashFunctions.Core.Messages;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Sweep;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace FlashFunctions.Core;

/// <summary>Puts the concerns together. The storage ports and the configuration come from the host.</summary>
public static class CoreRegistration
{
    /// <summary>Adds everything but the storage ports.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<ServiceOptions>().Bind(configuration.GetSection(ServiceOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddHostedService<CircuitGauge>();
        return services
            .AddSecurity(configuration)
            .AddAccounts(configuration)
            .AddCallbacks(configuration)
            .AddInput(configuration)
            .AddIdempotency()
            .AddGuard(configuration)
            .AddProviders(configuration)
            .AddRequests()
            .AddWorkflows(configuration)
            .AddVerifications(configuration)
            .AddCalls()
            .AddMessages()
            .AddInsight()
            .AddInbound()
            .AddSweep(configuration)
            .AddOperations();
    }
}
