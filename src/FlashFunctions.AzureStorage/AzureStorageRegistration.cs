using Azure.Core;
using Azure.Core.Pipeline;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FlashFunctions.AzureStorage;

public static class AzureStorageRegistration
{
    private const string Emulator = "UseDevelopmentStorage=true";

    /// <summary>
    /// Registers a keyed <see cref="ITable"/> for each of <see cref="TableNames.All"/>, a keyed <see cref="IWorkQueue"/> for each of
    /// <see cref="QueueNames.All"/>, and <see cref="StorageSetup"/>, as the section <see cref="StorageOptions.Section"/> says. Every
    /// registered <see cref="StoragePolicy"/> joins the clients' pipeline; a registered transport or <see cref="TokenCredential"/> is used.
    /// </summary>
    public static IServiceCollection AddAzureStorage(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(StorageOptions.Section);
        services.AddOptions<StorageOptions>()
            .Configure(options => options.ConnectionString = section.Value)
            .Bind(section)
            .ValidateDataAnnotations()
            .Validate(
                options => !(DevelopmentMode.IsOnAzure(configuration) && IsEmulator(options.ConnectionString)),
                $"Storage: {Emulator} is for development: take it out of the settings.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(Clients);
        services.AddSingleton(provider => provider.GetRequiredService<StorageClients>().Tables);
        services.AddSingleton(provider => provider.GetRequiredService<StorageClients>().Queues);
        services.AddSingleton(provider => new StorageCall(Options(provider).Deadline, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(
            provider => new StorageSetup(provider.GetRequiredService<StorageClients>(), provider.GetRequiredService<StorageCall>()));
        services.AddHostedService<CreateStorageAtStart>();
        AddPorts(services);
        return services;
    }

    private static bool IsEmulator(string? connectionString) =>
        connectionString?.Contains(Emulator, StringComparison.OrdinalIgnoreCase) == true;

    private static void AddPorts(IServiceCollection services)
    {
        foreach (var name in TableNames.All)
        {
            services.AddKeyedSingleton<ITable>(name, (provider, _) => new AzureTable(
                provider.GetRequiredService<StorageClients>().Tables.GetTableClient(name),
                provider.GetRequiredService<StorageCall>(),
                provider.GetRequiredService<ILogger<AzureTable>>()));
        }

        foreach (var name in QueueNames.All)
        {
            services.AddKeyedSingleton<IWorkQueue>(name, (provider, _) => new AzureWorkQueue(
                provider.GetRequiredService<StorageClients>().Queues.GetQueueClient(name),
                provider.GetRequiredService<StorageCall>()));
        }
    }

    private static StorageClients Clients(IServiceProvider provider) => new(
        Options(provider),
        provider.GetServices<StoragePolicy>(),
        provider.GetService<HttpPipelineTransport>(),
        provider.GetService<TokenCredential>());

    private static StorageOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<StorageOptions>>().Value;
}
