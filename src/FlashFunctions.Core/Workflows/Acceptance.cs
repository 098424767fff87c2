using System.Diagnostics;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>How a request was taken.</summary>
public abstract record AcceptanceOutcome
{
    private AcceptanceOutcome()
    {
    }

    public sealed record Accepted(Stored<RequestRecord> Stored) : AcceptanceOutcome;

    /// <summary>The call repeats an earlier one by its idempotency key: the request as it stands now, whose first answer is to be given again.</summary>
    public sealed record Repeated(Stored<RequestRecord> Stored) : AcceptanceOutcome;

    public sealed record Refused(Problem Problem) : AcceptanceOutcome;
}

/// <summary>What is to become a request.</summary>
/// <param name="Key">The idempotency key that the call came with.</param>
/// <param name="Life">How long until it is due.</param>
/// <param name="Make">Makes it under the id that it gets.</param>
/// <param name="Delay">When its job becomes visible.</param>
public sealed record NewRequest(
    IdempotencyKey? Key, TimeSpan Life, Func<RequestId, RequestRecord> Make, TimeSpan Delay);

/// <summary>
/// Rule 6: a request is accepted once it is admitted, stored, and its job is queued. What cannot be queued is ended, and gives back what
/// was counted for it.
/// </summary>
public sealed partial class Acceptance(
    IdempotencyKeys keys,
    AdmissionChecks checks,
    RequestStore store,
    RequestIndex index,
    RequestChanges changes,
    StepQueue queue,
    NumberGuard guard,
    SpendGate spend,
    TimeProvider time,
    ILogger<Acceptance> logger)
{
    /// <summary>The first try of a call gets this long to have its job seen before a repeat's comes up.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);

    /// <summary>Admits and stores a new request, and queues its first step.</summary>
    /// <exception cref="StorageUnavailableException">It is not accepted.</exception>
    public async Task<AcceptanceOutcome> AcceptAsync(NewRequest asked, CancellationToken cancellationToken) =>
        await keys.ClaimAsync(asked.Key, RequestId.New(time.GetUtcNow() + asked.Life), cancellationToken) switch
        {
            KeyClaim.Free free => await AcceptAsync(asked, free, cancellationToken),
            KeyClaim.Known known => await RepeatAsync(known.Stored, cancellationToken),
            KeyClaim.Refused refused => new AcceptanceOutcome.Refused(refused.Problem),
            _ => throw new InvalidOperationException("A claim that nobody has described."),
        };

    private async Task<AcceptanceOutcome> AcceptAsync(NewRequest asked, KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        var request = asked.Make(claim.Id) with { IdempotencyRow = claim.Row, Trace = Telemetry.Trace.Context };
        RequestTrace.About(Activity.Current, request);
        if (!(await AdmitAsync(request, claim, cancellationToken)).TryGet(out var admitted, out var problem))
        {
            await keys.ReleaseAsync(claim, cancellationToken);
            Meters.Requested(request.Product, problem);
            return new AcceptanceOutcome.Refused(problem);
        }

        Meters.Requested(request.Product, null);
        return await StoreAsync(admitted, asked.Delay, cancellationToken) is { } stored
            ? new AcceptanceOutcome.Accepted(stored)
            : await YieldAsync(admitted, cancellationToken);
    }

    private async Task<Result<AdmittedRequest>> AdmitAsync(RequestRecord request, KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        if (!store.Fits(request))
        {
            return Problem.RequestTooLarge;
        }

        try
        {
            return await checks.AdmitAsync(request, cancellationToken);
        }
        catch
        {
            await TryAsync(request, () => keys.ReleaseAsync(claim, CancellationToken.None));
            throw;
        }
    }

    /// <summary>Answers a repeat. Where nothing has started yet the first try may have died before it queued the job, so that is done again.</summary>
    private async Task<AcceptanceOutcome> RepeatAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var request = stored.Value;
        var now = time.GetUtcNow();
        if (request is { CurrentStep: < 0, Attempts.Count: 0, Waiting: null } && request.IsOpen(now))
        {
            var lead = request.CreatedAt + Lead - now;
            var indexed = await index.TryWriteAsync(request, cancellationToken);
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, lead, cancellationToken, indexed);
        }

        return new AcceptanceOutcome.Repeated(stored);
    }

    /// <summary>Another call with the same key was faster: what this one counted goes back, and the other's request is the answer.</summary>
    private async Task<AcceptanceOutcome> YieldAsync(AdmittedRequest admitted, CancellationToken cancellationToken)
    {
        var request = admitted.Request;
        await spend.GiveBackAsync(request, request.ReservedSpend, cancellationToken);

        // A verification is counted once for its id, whoever asks; anything else for each call.
        if (admitted.SendAt is { } at && request.Verification is null)
        {
            await guard.ReleaseAsync(request, at, call: false, cancellationToken);
        }

        return await store.ReadAsync(request.Id, cancellationToken) is { } stored
            ? await RepeatAsync(stored, cancellationToken)
            : throw new StorageUnavailableException("A request went away while it was made.");
    }

    /// <summary>Stores the request and queues its job; null where another call with the same key has stored it.</summary>
    private async Task<Stored<RequestRecord>?> StoreAsync(AdmittedRequest admitted, TimeSpan delay, CancellationToken cancellationToken)
    {
        var request = admitted.Request;
        var stored = false;
        try
        {
            if (await store.InsertAsync(request, cancellationToken) is not { } etag)
            {
                return request.IdempotencyRow is not null ? null : throw new StorageUnavailableException("The request id was taken.");
            }

            stored = true;
            var indexed = await index.TryWriteAsync(request, cancellationToken);
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, delay, cancellationToken, indexed);
            return new Stored<RequestRecord>(request with { IsIndexed = indexed }, etag);
        }
        catch
        {
            // Whatever failed, the caller was not told that it is accepted.
            Meters.Requested(request.Product, Problem.Unavailable());
            await TryAsync(request, () => TakeBackAsync(admitted, stored));
            throw;
        }
    }

    private async Task TakeBackAsync(AdmittedRequest admitted, bool stored)
    {
        var request = admitted.Request;
        if (stored)
        {
            // What it holds of the account's funds goes back with its end, its send below with the cool-down.
            await changes.UpdateAsync(request.Id, NotQueued, CancellationToken.None);
        }
        else
        {
            await spend.GiveBackAsync(request, request.ReservedSpend, CancellationToken.None);
        }

        if (admitted.SendAt is { } at)
        {
            await guard.ReleaseAsync(request, at, request.Verification is not null, CancellationToken.None);
        }
    }

    /// <summary>Takes back what can be, on the way out of a failure that the caller is to see.</summary>
    private async Task TryAsync(RequestRecord request, Func<Task> takeBack)
    {
        try
        {
            await takeBack();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotTakenBack(logger, exception, request.Id);
        }
    }

    private RequestRecord NotQueued(RequestRecord request)
    {
        var ended = AttemptTransitions.End(request, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), "The job could not be queued.");
        return ended with { WasNotQueued = true, UnusedSendReservations = [] };
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{RequestId} was not accepted, and the store did not take that back; the timer will end it")]
        public static partial void NotTakenBack(ILogger logger, Exception exception, RequestId requestId);
    }
}
