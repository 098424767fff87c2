using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// What follows from a change of a request: the outcome is reported upstream, and what was counted for a send that is not to come goes
/// back under the account's cap. It never undoes or delays the change: where the queue does not take the report, the timer finds the request
/// unreported and queues it again; an amount that could not be given back stays counted until the day is over.
/// </summary>
public sealed partial class FollowUps(ReportQueue reports, SpendMeter spend, ILogger<FollowUps> logger)
{
    /// <summary>Queues what follows from the change.</summary>
    public async Task QueueAsync(RequestRecord before, RequestRecord after, CancellationToken cancellationToken)
    {
        await GiveBackAsync(before, after, cancellationToken);
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

    private async Task GiveBackAsync(RequestRecord before, RequestRecord after, CancellationToken cancellationToken)
    {
        if (Unspent(before) is not null || Unspent(after) is not { } unspent)
        {
            return;
        }

        try
        {
            await spend.GiveBackAsync(after.Account, unspent, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            Log.NotGivenBack(logger, after.Id);
        }
    }

    private static SpendHold? Unspent(RequestRecord request) => request.EndedAt is null ? null : request.Hold;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The report on {RequestId} could not be queued; the timer will")]
        public static partial void ReportNotQueued(ILogger logger, RequestId requestId);

        [LoggerMessage(2, LogLevel.Warning, "The price of {RequestId} could not be given back; it stays counted for the day")]
        public static partial void NotGivenBack(ILogger logger, RequestId requestId);
    }
}
