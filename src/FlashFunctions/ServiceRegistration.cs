using FlashFunctions.Core;
using FlashFunctions.Http;
using FlashFunctions.Http.Contract;
using FlashFunctions.Http.Manage;
using FlashFunctions.Http.Pages;
using FlashFunctions.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions;

/// <summary>Everything but the storage ports, for whichever host runs the functions.</summary>
public static class ServiceRegistration
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddFlashFunctions(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddCore(builder.Configuration);
        builder.Services.AddSingleton<Api>().AddSingleton<OperatorAudit>().AddSingleton<ManageApi>().AddSingleton<WebhookEndpoint>();
        builder.Services.AddSingleton<ContractFiles>().AddSingleton<ConsoleFiles>();
        return builder.AddTelemetry();
    }
}
