using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

/// <summary>A request that was accepted.</summary>
/// <param name="IsRepeat">Whether the call repeats an earlier one by its idempotency key; the request may have changed since then.</param>
public sealed record AcceptedRequest(Stored<RequestRecord> Stored, bool IsRepeat)
{
    /// <summary>The request as it was accepted, which a repeated call is answered with as well.</summary>
    public RequestRecord AsAccepted => Stored.Value.AsAccepted();
}

/// <summary>
/// Rule 6: a request is accepted once it is admitted, stored, and its job is queued. What cannot be queued is ended, and what was reserved
/// for it is released.
/// </summary>
public sealed partial class RequestAcceptor(
    IdempotencyKeys keys, AdmissionChecks checks, RequestStore store, RequestIndex index, RequestChanges changes, StepQueue queue,
    NumberGuard guard, SpendGate spend, Codes codes, NextSteps nextSteps, TimeProvider time, ILogger<RequestAcceptor> logger)
{
    /// <summary>The first job of a request gets this long to be processed before one that a repeated call queues.</summary>
    private static readonly TimeSpan Lead = TimeSpan.FromSeconds(5);

    private const string TakenByNewer = "The request id was taken, by a newer verification of the number or a call with the same key.";

    /// <summary>Admits and stores a new request, and queues its first step.</summary>
    /// <exception cref="StorageUnavailableException">It is not accepted.</exception>
    public async Task<Result<AcceptedRequest>> AcceptAsync(NewRequest asked, CancellationToken cancellationToken) =>
        await ClaimAsync(asked, cancellationToken) switch
        {
            KeyClaim.Refused refused => refused.Problem,
            KeyClaim.Known known => await RepeatAsync(known.Stored, cancellationToken),
            KeyClaim.Free free => await AcceptAsync(asked, free, cancellationToken),
            _ => throw new UnreachableException(),
        };

    private async Task<Result<AcceptedRequest>> AcceptAsync(NewRequest asked, KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        var request = Create(asked, claim);
        if (!(await AdmitAsync(asked.Call.Account, request, claim, cancellationToken)).TryGet(out var admitted, out var problem))
        {
            await keys.ReleaseAsync(claim, cancellationToken);
            Meters.Requested(request.Product, problem);
            return problem;
        }

        return await StoreAsync(admitted, asked.JobDelay, cancellationToken) is { } stored
            ? new AcceptedRequest(stored, IsRepeat: false)
            : await GiveWayAsync(admitted, cancellationToken);
    }

    /// <summary>The first part of accepting: claims the idempotency key, if there is one, and with it the id of the new request.</summary>
    public Task<KeyClaim> ClaimAsync(NewRequest asked, CancellationToken cancellationToken) =>
        keys.ClaimAsync(asked.Call.Key, RequestId.New(time.GetUtcNow() + asked.Life), cancellationToken);

    /// <summary>The request that is asked for, under its id.</summary>
    public RequestRecord Create(NewRequest asked, KeyClaim.Free claim)
    {
        var (call, id) = (asked.Call, claim.Id);
        var request = new RequestRecord
        {
            Id = id,
            Account = call.Account.Id,
            KeyId = call.Account.CallKeyId,
            IsTrusted = asked.IsTrusted,
            Cap = call.Account.DailyCap,
            Product = asked.Product,
            Number = call.Number.Number,
            Country = call.Number.Country,
            CreatedAt = id.DueAt - asked.Life, // Also where a repeated call takes up an earlier try.
            Payload = call.Payload,
            Reference = call.Reference,
            CallbackUrl = call.CallbackUrl,
            IdempotencyRow = claim.Row,
            Trace = Telemetry.Trace.Context,
            Test = codes.RunOf(id, call.Test, asked.CodeLength),
            Steps = asked.Steps,
            MaxPrice = asked.MaxPrice,
            Verification = asked.IsVerification ? new VerificationState { CodeLength = asked.CodeLength, WrongLimit = 0 } : null,
            Content = asked.Content with
            {
                Code = asked.GivenCode is { } given ? codes.GivenRecipe(id, given)
                    : asked.CodeLength > 0 ? codes.NewRecipe(asked.CodeLength, asked.NoLeadingZero)
                    : null,
            },
        };
        RequestTrace.About(Activity.Current, request);
        return asked.IsVerification ? request with { NextStartsAt = nextSteps.After(request, 0)?.StartsAt } : request;
    }

    private async Task<Result<AdmittedRequest>> AdmitAsync(
        Account account, RequestRecord request, KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        if (!store.Fits(request))
        {
            return Problem.RequestTooLarge;
        }

        try
        {
            return await checks.AdmitAsync(account, request, cancellationToken);
        }
        catch
        {
            await TryAsync(request.Id, () => ReleaseAsync(claim));
            throw;
        }
    }

    /// <summary>
    /// Stores the request and queues its job; null where the id of a call with a key is taken: by another call with the same key, or by a
    /// newer verification of the number.
    /// </summary>
    private async Task<Stored<RequestRecord>?> StoreAsync(AdmittedRequest admitted, TimeSpan jobDelay, CancellationToken cancellationToken)
    {
        var request = admitted.Request;
        var isTaken = false;
        try
        {
            if (await store.InsertAsync(request, cancellationToken) is not { } etag)
            {
                isTaken = true;
                return request.IdempotencyRow is not null ? null : throw new StorageUnavailableException(TakenByNewer);
            }

            var indexed = await index.TryWriteAsync(request, cancellationToken);
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, jobDelay, cancellationToken, indexed);
            Meters.Requested(request.Product, null);
            return new Stored<RequestRecord>(request with { IsIndexed = indexed }, etag);
        }
        catch
        {
            // Whatever failed, the caller was not told that it is accepted.
            Meters.Requested(request.Product, Problem.Unavailable());
            await TryAsync(request.Id, () => TakeBackAsync(admitted, isTaken));
            throw;
        }
    }

    /// <summary>
    /// Another call with the same key was faster: what was reserved for this one is released, and the other's request is the answer. Where
    /// that was not accepted, neither is this one.
    /// </summary>
    private async Task<AcceptedRequest> GiveWayAsync(AdmittedRequest admitted, CancellationToken cancellationToken)
    {
        var request = admitted.Request;
        await spend.GiveBackAsync(request, request.ReservedSpend, cancellationToken);

        var stored = await store.ReadAsync(request.Id, cancellationToken);
        var isRefused = stored is null or { Value.WasNotQueued: true };

        // A verification is counted once for its id, whichever call asks; anything else for each call.
        if (admitted.SendAt is { } at && (isRefused || request.Verification is null))
        {
            await guard.ReleaseAsync(request, at, call: request.Verification is not null, cancellationToken);
        }

        return isRefused ? throw new StorageUnavailableException(TakenByNewer) : await RepeatAsync(stored!, cancellationToken);
    }

    /// <summary>
    /// Answers a call that repeats an earlier one. Where nothing has started yet, the earlier one may have died before it queued the job,
    /// so the job is queued again.
    /// </summary>
    private async Task<AcceptedRequest> RepeatAsync(Stored<RequestRecord> stored, CancellationToken cancellationToken)
    {
        var (request, now) = (stored.Value, time.GetUtcNow());
        if (request is { CurrentStep: < 0, Attempts.Count: 0, Waiting: null } && request.IsOpen(now))
        {
            var lead = request.CreatedAt + Lead - now;
            var indexed = await index.TryWriteAsync(request, cancellationToken);
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, lead, cancellationToken, indexed);
        }

        return new AcceptedRequest(stored, IsRepeat: true);
    }

    /// <summary>Takes something back on the way out of a failure that the caller is to see: if that fails too, it is only logged.</summary>
    private async Task TryAsync(RequestId id, Func<Task> takeBack)
    {
        try
        {
            await takeBack();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotTakenBack(logger, exception, id);
        }
    }

    /// <summary>
    /// Takes back what can be taken back. Where the store failed, the request may be stored all the same, or another call with the same key
    /// may have stored it.
    /// </summary>
    private async Task TakeBackAsync(AdmittedRequest admitted, bool isTaken)
    {
        var request = admitted.Request;
        var stored = isTaken ? null : await store.ReadAsync(request.Id, CancellationToken.None);
        var isSendUnused = stored is null;
        if (stored?.Value.CreatedAt == request.CreatedAt)
        {
            // What is reserved of the account's funds is released with its end, its send below with the cool-down: unless its job came all
            // the same and used it, or a newer verification has released it.
            var change = await changes.UpdateAsync(stored, NotQueued, CancellationToken.None);
            isSendUnused = change.Before.UnusedSendReservations.Count > 0;
        }
        else
        {
            await spend.GiveBackAsync(request, request.ReservedSpend, CancellationToken.None);
        }

        if (admitted.SendAt is { } at && isSendUnused)
        {
            await guard.ReleaseAsync(request, at, request.Verification is not null, CancellationToken.None);
        }
    }

    private RequestRecord NotQueued(RequestRecord request)
    {
        var ended = RequestLife.End(request, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), "The job could not be queued.");
        return ended with { WasNotQueued = true, UnusedSendReservations = [] };
    }

    /// <summary>
    /// The last part for a look-up, which is answered before it is stored. Where another call with the same key was faster, its request
    /// counts.
    /// </summary>
    public async Task<RequestRecord> StoreAnsweredAsync(RequestRecord answered, CancellationToken cancellationToken)
    {
        var request = answered with { EndedAt = answered.CreatedAt };
        request = request with { IsIndexed = await index.TryWriteAsync(request, cancellationToken) };
        if (await store.InsertAsync(request, cancellationToken) is not null)
        {
            Meters.Requested(request.Product, null);
            return request;
        }

        // Only another call with the same idempotency key has the same id.
        if (request.IdempotencyRow is null || await store.ReadAsync(request.Id, cancellationToken) is not { } first)
        {
            throw new StorageUnavailableException("The request id was taken.");
        }

        if (first.Value.CreatedAt != request.CreatedAt)
        {
            await index.ForgetAsync([request], cancellationToken);
        }

        return first.Value;
    }

    public Task ReleaseAsync(KeyClaim.Free claim) => keys.ReleaseAsync(claim, CancellationToken.None);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{RequestId} was not accepted, and the store did not take that back; the timer will end it")]
        public static partial void NotTakenBack(ILogger logger, Exception exception, RequestId requestId);
    }
}
