using System.Text.Json;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Callback jobs that failed for good. Most often the store was away for longer than a queue's tries last, so the job is tried again
/// with growing delays for some hours; then the callback is given up.
/// </summary>
public sealed partial class CallbackPoison(
    RequestCallbacks requests, InboundForwarder inbound, CallbackQueue queue, DeadLetters letters, ILogger<CallbackPoison> logger)
{
    private const string Reason = "Its job failed for good.";
    private const int MostFailures = 6;
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMinutes(5);

    /// <summary>Takes one message of the poison queue.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        Meters.Poisoned(QueueNames.Callbacks);
        if (Read(message) is not { } job)
        {
            Log.Unreadable(logger);
            await letters.AddUnreadableAsync(QueueNames.Callbacks, message, cancellationToken);
        }
        else if (job.Failures < MostFailures)
        {
            Log.Again(logger, job.Request ?? job.Message ?? "");
            await queue.SendAsync(job with { Failures = job.Failures + 1 }, FirstDelay * (1 << job.Failures), cancellationToken);
        }
        else
        {
            Log.GivenUp(logger, job.Request ?? job.Message ?? "");
            await (job.Message is null
                ? requests.GiveUpAsync(job, Reason, cancellationToken)
                : inbound.GiveUpAsync(job, Reason, cancellationToken));
        }
    }

    private static CallbackJob? Read(string message)
    {
        try
        {
            return CallbackJob.Read(message);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A callback job of {Subject} failed; tried again later")]
        public static partial void Again(ILogger logger, string subject);

        [LoggerMessage(2, LogLevel.Error, "A callback job of {Subject} failed for good")]
        public static partial void GivenUp(ILogger logger, string subject);

        [LoggerMessage(3, LogLevel.Error, "A message that is no callback job failed for good")]
        public static partial void Unreadable(ILogger logger);
    }
}
