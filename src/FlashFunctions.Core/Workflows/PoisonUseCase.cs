using System.Text.Json;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Verifications;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>A job that failed for good: its request ends with the reason, and never hangs.</summary>
public sealed partial class PoisonUseCase(RequestChanges changes, TimeProvider time, ILogger<PoisonUseCase> logger)
{
    private const string Reason = "Its job failed for good.";

    /// <summary>Ends the request of a poisoned step job, unless something was placed, which its due time ends.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        if (Read(message) is not { } id)
        {
            Log.Unreadable(logger);
            return;
        }

        Log.Poisoned(logger, id);
        await changes.ApplyAsync(
            id,
            request => request.AnythingPlaced ? request : AttemptTransitions.End(request, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), Reason),
            cancellationToken);
    }

    private static RequestId? Read(string message)
    {
        try
        {
            return RequestId.TryParse(StepQueue.Read(message).Request, null, out var id) ? id : null;
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
