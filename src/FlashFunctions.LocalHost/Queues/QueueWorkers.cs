using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>Every queue function: pumped while the host runs, or delivered to by hand.</summary>
internal sealed class QueueWorkers(FunctionCatalog catalog, HostJson hostJson, IServiceProvider services) : HostLoops
{
    private readonly List<QueueDelivery> _deliveries =
        [.. catalog.Queues.Select(function => ActivatorUtilities.CreateInstance<QueueDelivery>(services, function, hostJson.Queues))];

    /// <summary>Delivers what is visible, one message after another and what the functions send meanwhile too, until nothing is.</summary>
    public async Task<int> DeliverAllAsync(string? queue, CancellationToken cancellationToken)
    {
        QueueDelivery[] deliveries = queue is null ? [.. _deliveries] : [Of(queue)];
        var delivered = 0;
        for (var before = -1; before != delivered;)
        {
            before = delivered;
            foreach (var delivery in deliveries)
            {
                while (await DeliverOneAsync(delivery, cancellationToken))
                {
                    delivered++;
                }
            }
        }

        return delivered;
    }

    public Task<bool> DeliverOneAsync(string queue, CancellationToken cancellationToken) => DeliverOneAsync(Of(queue), cancellationToken);

    protected override IEnumerable<Task> Run(CancellationToken stopping, CancellationToken aborting) => _deliveries
        .Select(delivery => ActivatorUtilities.CreateInstance<QueuePump>(services, delivery, hostJson.Queues))
        .Select(pump => Task.Run(() => pump.RunAsync(stopping, aborting), CancellationToken.None));

    private static async Task<bool> DeliverOneAsync(QueueDelivery delivery, CancellationToken cancellationToken)
    {
        if (await delivery.ReceiveAsync(1, cancellationToken) is not [var message])
        {
            return false;
        }

        await delivery.DeliverAsync(message, cancellationToken);
        return true;
    }

    private QueueDelivery Of(string queue) => _deliveries.Find(delivery => queue.Equals(delivery.Queue, StringComparison.Ordinal))
        ?? throw new ArgumentException($"No function reads the queue {queue}.", nameof(queue));
}
