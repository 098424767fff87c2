using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Queues;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        services
            .AddSingleton<StorageClients>()
            .AddSingleton(provider => new StorageCall(
                provider.GetRequiredService<IOptions<StorageOptions>>().Value.Deadline, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton(provider => provider.GetRequiredService<StorageClients>().Tables)
            .AddSingleton(provider => provider.GetRequiredService<StorageClients>().Queues)
            .AddSingleton(provider =>
                new StorageSetup(provider.GetRequiredService<StorageClients>(), provider.GetRequiredService<StorageCall>()))
            .AddHostedService<CreateStorageAtStart>();
        foreach (var name in TableNames.All)
        {
            services.AddKeyedSingleton<ITable>(name, (provider, _) => ActivatorUtilities.CreateInstance<AzureTable>(
                provider, provider.GetRequiredService<TableServiceClient>().GetTableClient(name)));
        }

        foreach (var name in QueueNames.All)
        {
            services.AddKeyedSingleton<IWorkQueue>(name, (provider, _) => ActivatorUtilities.CreateInstance<AzureWorkQueue>(
                provider, provider.GetRequiredService<QueueServiceClient>().GetQueueClient(name)));
        }

        return services;
    }

    private static bool IsEmulator(string? connectionString) =>
        connectionString?.Contains(Emulator, StringComparison.OrdinalIgnoreCase) == true;
}
