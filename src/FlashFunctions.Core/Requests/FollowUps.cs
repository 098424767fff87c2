using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// What follows from a change of a request: the outcome is reported upstream. It never undoes or delays the change: where the
/// queue does not take the report, the timer finds the request unreported and queues it again.
/// </summary>
public sealed partial class FollowUps(ReportQueue reports, ILogger<FollowUps> logger)
{
    /// <summary>Queues what follows from the change.</summary>
    public async Task QueueAsync(RequestRecord before, RequestRecord after, CancellationToken cancellationToken)
    {
        if (UpstreamVerdicts.Of(after) is not { } verdict || UpstreamVerdicts.Of(before) == verdict || !after.AnythingPlaced)
        {
            return;
        }

        try
        {
            await reports.SendAsync(new ReportJob(after.Id.Text), TimeSpan.Zero, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            Log.ReportNotQueued(logger, after.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The report on {RequestId} could not be queued; the timer will")]
        public static partial void ReportNotQueued(ILogger logger, RequestId requestId);
    }
}
