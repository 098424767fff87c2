using Azure.Data.Tables;
using Azure.Storage.Queues;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// Makes what the infrastructure makes in the cloud: every table, every queue and its poison queue. What exists stays as it is.
/// </summary>
public sealed class StorageSetup
{
    private readonly TableServiceClient _tables;
    private readonly QueueServiceClient _queues;
    private readonly StorageCall _call;

    internal StorageSetup(StorageClients clients, StorageCall call) => (_tables, _queues, _call) = (clients.Tables, clients.Queues, call);

    /// <summary>Whether the store is on this machine.</summary>
    public bool IsLocal => _queues.Uri.IsLoopback;

    /// <summary>Makes all of them at once.</summary>
    /// <exception cref="StorageUnavailableException">The store could not answer.</exception>
    public Task CreateAllAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. TableNames.All.Select(name =>
            _call.RunAsync(token => _tables.GetTableClient(name).CreateIfNotExistsAsync(token), cancellationToken)),
        .. QueueNames.All.SelectMany(name => (string[])[name, name + QueueNames.PoisonSuffix]).Select(name =>
            _call.RunAsync(
                token => _queues.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: token), cancellationToken)),
    ]);
}

/// <summary>Runs <see cref="StorageSetup"/> before anything else starts, where the options ask for it.</summary>
internal sealed class CreateStorageAtStart(StorageSetup setup, IOptions<StorageOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) =>
        options.Value.CreateAtStart ?? setup.IsLocal ? setup.CreateAllAsync(cancellationToken) : Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
