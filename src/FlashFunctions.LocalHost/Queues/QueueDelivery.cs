using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Functions;

namespace FlashFunctions.LocalHost.Queues;

/// <summary>Hands a queue's messages to its function, one run a message, and settles each afterwards.</summary>
internal sealed partial class QueueDelivery(
    QueueFunction function, IQueueSource source, QueueOptions options, IServiceScopeFactory scopes, TimeProvider time,
    ILogger<QueueDelivery> logger)
{
    // A message that fails in a poison queue's function too stays there, as on the functions host.
    private static readonly TimeSpan PoisonPause = TimeSpan.FromMinutes(10);

    // As on the functions host, whatever host.json says: a message whose host died stays hidden for this long.
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private readonly bool _isPoison = function.Queue.EndsWith(QueueNames.PoisonSuffix, StringComparison.Ordinal);

    public string Queue => function.Queue;

    public Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int max, CancellationToken cancellationToken) =>
        source.ReceiveAsync(function.Queue, max, Lease, cancellationToken);

    /// <summary>Never throws: what goes wrong is logged, and the message is delivered again later.</summary>
    public async Task DeliverAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            // Beyond its last try it comes back only when the host died during that one.
            if (message.DequeueCount > options.MaxDequeueCount && !_isPoison)
            {
                await PoisonAsync(message);
                return;
            }

            var (settled, done) = await RunHiddenAsync(message, cancellationToken);
            await SettleAsync(settled, done);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.NotSettled(logger, e, function.Name, message.Id);
        }
    }

    private async Task<(ReceivedMessage Message, bool Done)> RunHiddenAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        var timer = new PeriodicTimer(Lease / 2, time);
        var hidden = KeepHiddenAsync(message, timer);
        bool done;
        using (timer)
        {
            done = await RunAsync(message, cancellationToken);
        }

        return (await hidden, done);
    }

    // Until the timer is disposed; returns the message with its last receipt.
    private async Task<ReceivedMessage> KeepHiddenAsync(ReceivedMessage message, PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync())
        {
            try
            {
                message = await source.HideAsync(function.Queue, message, Lease, CancellationToken.None) ?? message;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                Log.NotHidden(logger, e, function.Name, message.Id);
            }
        }

        return message;
    }

    private async Task<bool> RunAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await function.Invoke(new Invocation(scope.ServiceProvider, cancellationToken) { Message = message });
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Log.Failed(logger, e, function.Name, message.Id, message.DequeueCount, options.MaxDequeueCount);
            return false;
        }
    }

    private async Task SettleAsync(ReceivedMessage message, bool done)
    {
        if (done)
        {
            if (!await source.DeleteAsync(function.Queue, message, CancellationToken.None))
            {
                Log.TakenOver(logger, function.Name, message.Id);
            }
        }
        else if (message.DequeueCount >= options.MaxDequeueCount && !_isPoison)
        {
            await PoisonAsync(message);
        }
        else
        {
            await source.HideAsync(function.Queue, message, _isPoison ? PoisonPause : options.VisibilityTimeout, CancellationToken.None);
        }
    }

    private Task PoisonAsync(ReceivedMessage message)
    {
        var poisonQueue = function.Queue + QueueNames.PoisonSuffix;
        Log.Poisoned(logger, function.Name, message.Id, poisonQueue);
        return source.MoveAsync(function.Queue, message, poisonQueue, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "{Function} failed on message {Message}, try {Try} of {Tries}")]
        public static partial void Failed(ILogger logger, Exception exception, string function, string message, int @try, int tries);

        [LoggerMessage(2, LogLevel.Error, "Message {Message} of {Function} goes to {PoisonQueue}")]
        public static partial void Poisoned(ILogger logger, string function, string message, string poisonQueue);

        [LoggerMessage(3, LogLevel.Warning, "{Function} has processed message {Message}, but it was received again meanwhile")]
        public static partial void TakenOver(ILogger logger, string function, string message);

        [LoggerMessage(4, LogLevel.Error, "The queue did not accept the result of message {Message} of {Function}")]
        public static partial void NotSettled(ILogger logger, Exception exception, string function, string message);

        [LoggerMessage(5, LogLevel.Warning, "{Function} is still processing message {Message}, but the queue did not keep it hidden")]
        public static partial void NotHidden(ILogger logger, Exception exception, string function, string message);
    }
}
