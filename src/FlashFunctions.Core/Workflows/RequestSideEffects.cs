using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// What follows from a change of a request: the outcome is reported upstream, the account gets a callback, and what was counted for a send
/// that will not happen is released under the account's cap and the number's send budget. It never undoes or delays the change: where the
/// queue does not take a job, the timer finds that at the request's due time and queues it again. After the due time, when the timer does
/// not look at the request any more, the callback is queued before the change. What could not be released stays counted until the day is
/// over.
/// </summary>
public sealed partial class RequestSideEffects(
    ReportQueue reports, CallbackQueue callbacks, SpendMeter spend, NumberGuard guard, FraudCounters fraud,
    ILogger<RequestSideEffects> logger)
    : IRequestSideEffects
{
    /// <summary>How long a job stays hidden that is queued before its change is saved: far longer than saving takes.</summary>
    private static readonly TimeSpan Head = TimeSpan.FromSeconds(5);

    public async Task<bool> QueueAsync(RequestRecord before, RequestRecord after, bool callback, CancellationToken cancellationToken)
    {
        fraud.Note(before, after);
        await GiveBackAsync(before, after, cancellationToken);
        try
        {
            if (after.AnythingPlaced && UpstreamVerdicts.AllOf(after).Except(UpstreamVerdicts.AllOf(before)).Any())
            {
                await reports.SendAsync(after, cancellationToken);
            }

            if (callback && HasNewCallback(before, after))
            {
                await callbacks.SendAsync(after, TimeSpan.Zero, cancellationToken);
            }

            return true;
        }
        catch (StorageUnavailableException)
        {
            Log.NotQueued(logger, after.Id);
            return false;
        }
    }

    public async Task<bool> QueueAheadAsync(
        RequestRecord before, RequestRecord after, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now < after.Id.DueAt || !HasNewCallback(before, after))
        {
            return false;
        }

        await callbacks.SendAsync(after, Head, cancellationToken);
        return true;
    }

    /// <summary>Queues a callback again whose job may be lost. One job too many does no harm.</summary>
    public async Task QueueForgottenAsync(RequestRecord request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (CallbackEvents.IsDue(request, now))
        {
            Log.Forgotten(logger, request.Id);
            await callbacks.SendAsync(request, TimeSpan.Zero, cancellationToken);
        }
    }

    private async Task GiveBackAsync(RequestRecord before, RequestRecord after, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var send in SendReservations.Released(before, after))
            {
                await guard.ReleaseAsync(after, send, call: false, cancellationToken);
            }

            var isSpendReleased = after is { EndedAt: not null, ReservedSpend: not null }
                && before is { EndedAt: null } or { ReservedSpend: null };
            if (isSpendReleased)
            {
                await spend.GiveBackAsync(after.Account, after.ReservedSpend!, cancellationToken);
            }
        }
        catch (StorageUnavailableException)
        {
            Log.NotGivenBack(logger, after.Id);
        }
    }

    private static bool HasNewCallback(RequestRecord before, RequestRecord after) => after.Callbacks.Count > before.Callbacks.Count;

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "What follows from a change of {RequestId} could not be queued; the timer will")]
        public static partial void NotQueued(ILogger logger, RequestId requestId);

        [LoggerMessage(2, LogLevel.Warning, "What was counted for {RequestId} and not used could not be released; it stays counted today")]
        public static partial void NotGivenBack(ILogger logger, RequestId requestId);

        [LoggerMessage(3, LogLevel.Information, "A callback of {RequestId} waits at its due time; queued again")]
        public static partial void Forgotten(ILogger logger, RequestId requestId);
    }
}
