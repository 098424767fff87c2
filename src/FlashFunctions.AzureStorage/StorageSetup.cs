using Azure.Data.Tables;
using Azure.Storage.Queues;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzureStorage;

/// <summary>
/// Makes what the infrastructure makes in the cloud: every table, every queue and its poison queue. What exists stays as it is.
/// </summary>
public sealed class StorageSetup
{
    private readonly TableServiceClient _tables;
    private readonly QueueServiceClient _queues;
    private readonly StorageCall _call;

    internal StorageSetup(StorageClients clients, StorageCall call)
    {
        _tables = clients.Tables;
        _queues = clients.Queues;
        _call = call;
    }

    /// <summary>Whether the store is on this machine.</summary>
    public bool IsLocal => _queues.Uri.IsLoopback;

    /// <summary>Makes all of them at once.</summary>
    /// <exception cref="StorageUnavailableException">The store could not answer.</exception>
    public Task CreateAllAsync(CancellationToken cancellationToken)
    {
        var queues = QueueNames.All.Concat(QueueNames.All.Select(name => name + QueueNames.PoisonSuffix));
        var tables = TableNames.All.Select(name =>
            _call.RunAsync(token => _tables.GetTableClient(name).CreateIfNotExistsAsync(token), cancellationToken));
        return Task.WhenAll(queues
            .Select(
                name =>
                    (Task)_call.RunAsync(
                        token => _queues.GetQueueClient(name).CreateIfNotExistsAsync(cancellationToken: token), cancellationToken))
            .Concat(tables));
    }
}
