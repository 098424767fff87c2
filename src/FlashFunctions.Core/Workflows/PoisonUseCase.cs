using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>A step's job that failed for good: its request ends with the reason, never hangs, and is on the operators' list.</summary>
public sealed partial class PoisonUseCase(RequestChanges changes, DeadLetters letters, TimeProvider time, ILogger<PoisonUseCase> logger)
{
    private const string Reason = "Its job failed for good.";

    /// <summary>Ends the request of a poisoned step job, unless something was placed, which its due time ends.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        Meters.Poisoned(QueueNames.Dispatch);
        if (Read(message) is not { } id)
        {
            Log.Unreadable(logger);
            await letters.AddUnreadableAsync(QueueNames.Dispatch, message, cancellationToken);
            return;
        }

        Log.Poisoned(logger, id);
        var change = await changes.UpdateAsync(
            id,
            request => request.AnythingPlaced
                ? request
                : RequestLife.End(request, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), Reason),
            cancellationToken);
        await letters.AddAsync(
            new DeadLetter
            {
                Account = change?.Before.Account ?? "",
                Kind = "step",
                Request = id.Text,
                Reason = Reason,
                Queue = QueueNames.Dispatch,
                Message = message,
            },
            cancellationToken);
    }

    private static RequestId? Read(string message)
    {
        try
        {
            return RequestId.Parse(StepQueue.Read(message).Request, null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A job of {RequestId} failed for good")]
        public static partial void Poisoned(ILogger logger, RequestId requestId);

        [LoggerMessage(2, LogLevel.Error, "A message that is no job failed for good")]
        public static partial void Unreadable(ILogger logger);
    }
}
