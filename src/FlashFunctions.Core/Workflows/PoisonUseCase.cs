using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

/// <summary>Jobs of steps and reports that failed for good: they are on the operators' list, from where they can be sent again.</summary>
public sealed partial class PoisonUseCase(
    RequestStore store, RequestChanges changes, DeadLetters letters, TimeProvider time, ILogger<PoisonUseCase> logger)
{
    private const string Reason = "Its job failed for good.";

    /// <summary>
    /// Ends the request of a step's job with the reason, so that it never hangs, unless something was placed, which its due time ends.
    /// </summary>
    public async Task RunStepAsync(string message, CancellationToken cancellationToken)
    {
        if (await ReadAsync(QueueNames.Dispatch, message, text => StepQueue.Read(text).Request, cancellationToken) is not { } id)
        {
            return;
        }

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

    public async Task RunReportAsync(string message, CancellationToken cancellationToken)
    {
        if (await ReadAsync(QueueNames.Reports, message, text => ReportQueue.Read(text).Request, cancellationToken) is { } id)
        {
            var account = (await store.ReadAsync(id, cancellationToken))?.Value.Account ?? "";
            await letters.AddAsync(ReportQueue.DeadLetterOf(id, account, Reason), cancellationToken);
        }
    }

    /// <summary>The request that a message is about. One that is no job goes on the list as it is; null then.</summary>
    private async Task<RequestId?> ReadAsync(
        string queue, string message, Func<string, string> requestOf, CancellationToken cancellationToken)
    {
        Meters.Poisoned(queue);
        try
        {
            var id = RequestId.Parse(requestOf(message), null);
            Log.Poisoned(logger, id, queue);
            return id;
        }
        catch (JsonException)
        {
            Log.Unreadable(logger, queue);
            await letters.AddUnreadableAsync(queue, message, cancellationToken);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A job of {RequestId} in the queue {Queue} failed for good")]
        public static partial void Poisoned(ILogger logger, RequestId requestId, string queue);

        [LoggerMessage(2, LogLevel.Error, "A message in the queue {Queue} that is no job failed for good")]
        public static partial void Unreadable(ILogger logger, string queue);
    }
}
