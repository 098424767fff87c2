using Azure.Storage.Queues;
using FlashFunctions.AzureStorage;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Azurite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Azurite;

/// <summary>The adapters as the service registers them, with short waits, patience for a busy machine, and whatever a test adds.</summary>
internal sealed class StorageUnderTest : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public StorageUnderTest(AzuriteServer server, params StoragePolicy[] policies)
        : this(server.ConnectionString, policies)
    {
    }

    public StorageUnderTest(string connection, params StoragePolicy[] policies)
        : this(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage"] = connection }, services => Add(services, policies))
    {
    }

    public StorageUnderTest(Dictionary<string, string?> settings, Action<IServiceCollection>? configure = null)
    {
        settings.TryAdd("Storage:retryDelay", "00:00:00.010");
        settings.TryAdd("Storage:maxRetryDelay", "00:00:00.020");
        settings.TryAdd("Storage:tryTimeout", "00:00:30");
        settings.TryAdd("Storage:deadline", "00:01:00");
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddAzureStorage(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public ITable Requests => Table(TableNames.Requests);

    public QueueServiceClient Queues => _services.GetRequiredService<QueueServiceClient>();

    public StorageSetup Setup => _services.GetRequiredService<StorageSetup>();

    public ITable Table(string name) => _services.GetRequiredKeyedService<ITable>(name);

    public IWorkQueue Queue(string name) => _services.GetRequiredKeyedService<IWorkQueue>(name);

    /// <summary>A queue, made for one test.</summary>
    public async Task<IWorkQueue> NewQueueAsync(string name)
    {
        var client = Queues.GetQueueClient(name);
        await client.CreateIfNotExistsAsync();
        return new AzureWorkQueue(client, _services.GetRequiredService<StorageCall>());
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static void Add(IServiceCollection services, StoragePolicy[] policies)
    {
        foreach (var policy in policies)
        {
            services.AddSingleton(policy);
        }
    }
}
