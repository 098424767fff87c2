using System.Text.Json;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>Outcomes whose report failed for good: left on the operators' list, from where it can be sent again.</summary>
public sealed partial class ReportPoison(RequestStore store, DeadLetters letters, ILogger<ReportPoison> logger)
{
    private const string Reason = "Its job failed for good.";

    /// <summary>Takes one message of the poison queue.</summary>
    public async Task RunAsync(string message, CancellationToken cancellationToken)
    {
        Meters.Poisoned(QueueNames.Reports);
        if (Read(message) is not { } id)
        {
            Log.Unreadable(logger);
            await letters.AddUnreadableAsync(QueueNames.Reports, message, cancellationToken);
            return;
        }

        Log.Poisoned(logger, id);
        var account = (await store.ReadAsync(id, cancellationToken))?.Value.Account ?? "";
        await letters.AddAsync(ReportQueue.DeadLetterOf(id, account, Reason), cancellationToken);
    }

    private static RequestId? Read(string message)
    {
        try
        {
            return RequestId.Parse(ReportQueue.Read(message).Request, null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The report job of {RequestId} failed for good")]
        public static partial void Poisoned(ILogger logger, RequestId requestId);

        [LoggerMessage(2, LogLevel.Error, "A message that is no report job failed for good")]
        public static partial void Unreadable(ILogger logger);
    }
}
