using FlashFunctions.LocalHost.Http;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>
/// Keeps one queue's function busy: receives a batch whenever no more than the threshold of host.json are running, and runs
/// a batch's messages side by side.
/// </summary>
internal sealed partial class QueuePump(
    QueueDelivery delivery, QueueOptions options, IQueueSource source, CallsInFlight calls, TimeProvider time, ILogger<QueuePump> logger)
{
    private readonly int _threshold = options.NewBatchThreshold ?? options.BatchSize / 2;
    private readonly Signal _ended = new();
    private int _running;
    private bool _failing;

    /// <summary>Receives until <paramref name="stopping"/>, then waits for the functions that are running.</summary>
    /// <param name="stopping">Receive no more.</param>
    /// <param name="aborting">Running functions are to give up.</param>
    public async Task RunAsync(CancellationToken stopping, CancellationToken aborting)
    {
        using var pause = new IdlePause(options.MaxPollingInterval, time);
        using var listening = source.OnMessage(delivery.Queue, pause.Wake);
        try
        {
            while (!stopping.IsCancellationRequested)
            {
                await UntilRunningAsync(_threshold, stopping);
                await calls.StepBackAsync(stopping);
                if (await StartBatchAsync(aborting))
                {
                    pause.Reset();
                }
                else
                {
                    await pause.WaitAsync(stopping);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // That is how it ends.
        }

        await UntilRunningAsync(0, CancellationToken.None);
    }

    private async Task UntilRunningAsync(int atMost, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _running) > atMost)
        {
            await _ended.WaitAsync(cancellationToken);
        }
    }

    private async Task<bool> StartBatchAsync(CancellationToken aborting)
    {
        var messages = await ReceiveAsync(aborting);
        foreach (var message in messages)
        {
            Interlocked.Increment(ref _running);
            _ = Task.Run(() => DeliverAsync(message, aborting), CancellationToken.None);
        }

        return messages.Count > 0;
    }

    // Not cancelled by stopping: messages that it has already hidden would be late.
    private async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(CancellationToken aborting)
    {
        try
        {
            var messages = await delivery.ReceiveAsync(options.BatchSize, aborting);
            _failing = false;
            return messages;
        }
        catch (Exception e) when (!aborting.IsCancellationRequested)
        {
            if (!_failing)
            {
                Log.CannotReceive(logger, e, delivery.Queue);
            }

            _failing = true;
            return [];
        }
    }

    private async Task DeliverAsync(ReceivedMessage message, CancellationToken aborting)
    {
        try
        {
            await delivery.DeliverAsync(message, aborting);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            _ended.Set();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Cannot receive from {Queue}; retrying")]
        public static partial void CannotReceive(ILogger logger, Exception exception, string queue);
    }
}
