using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>Every queue function: pumped while the host runs, or delivered to by hand.</summary>
internal sealed class QueueWorkers : IHostedService, IDisposable
{
    private readonly IServiceProvider _services;
    private readonly QueueOptions _options;
    private readonly List<QueueDelivery> _deliveries;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _aborting = new();
    private Task _running = Task.CompletedTask;

    public QueueWorkers(FunctionCatalog catalog, HostJson hostJson, IServiceProvider services)
    {
        (_services, _options) = (services, hostJson.Queues);
        _deliveries =
            [.. catalog.Queues.Select(function => ActivatorUtilities.CreateInstance<QueueDelivery>(services, function, _options))];
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var pumps = _deliveries.Select(delivery => ActivatorUtilities.CreateInstance<QueuePump>(_services, delivery, _options)).ToArray();
        _running = Task.WhenAll(
            pumps.Select(pump => Task.Run(() => pump.RunAsync(_stopping.Token, _aborting.Token), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Waits for the functions that are running; only when the host's time is up are they told to give up.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _aborting.CancelAsync();
    }

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

    public void Dispose()
    {
        _stopping.Dispose();
        _aborting.Dispose();
    }

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
