using System.Diagnostics;
using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Verifications;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>How a request was taken.</summary>
public abstract record AcceptanceOutcome
{
    private AcceptanceOutcome()
    {
    }

    public sealed record Accepted(Stored<RequestRecord> Stored) : AcceptanceOutcome;

    public sealed record Refused(Problem Problem) : AcceptanceOutcome;
}

/// <summary>
/// Rule 6: a request is accepted once it is admitted, stored, and its job is queued. What cannot be queued is ended, and gives back what
/// was counted for it.
/// </summary>
public sealed partial class Acceptance(
    Admissions admissions,
    RequestStore store,
    RequestChanges changes,
    StepQueue queue,
    NumberGuard guard,
    SpendGate spend,
    TimeProvider time,
    ILogger<Acceptance> logger)
{
    /// <summary>Admits and stores a new request, and queues its first step.</summary>
    /// <param name="request">The request.</param>
    /// <param name="limits">Holds the number to its limits and counts the send; null for what does not count.</param>
    /// <param name="delay">When the job becomes visible.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StorageUnavailableException">It is not accepted.</exception>
    public async Task<AcceptanceOutcome> AcceptAsync(
        RequestRecord request, Func<Task<Admission>>? limits, TimeSpan delay, CancellationToken cancellationToken)
    {
        Telemetry.Trace.About(Activity.Current, request);
        var (admitted, problem) = await admissions.AdmitAsync(request with { Trace = Telemetry.Trace.Context }, limits, cancellationToken);
        if (problem is null)
        {
            var stored = await StoreAsync(admitted!, delay, cancellationToken);
            Meters.Requested(request.Product, null);
            return new AcceptanceOutcome.Accepted(stored);
        }

        Meters.Requested(request.Product, problem);
        return new AcceptanceOutcome.Refused(problem);
    }

    private async Task<Stored<RequestRecord>> StoreAsync(AdmittedRequest admitted, TimeSpan delay, CancellationToken cancellationToken)
    {
        var request = admitted.Request;
        var stored = false;
        try
        {
            var etag = await store.InsertAsync(request, cancellationToken) ?? throw new StorageUnavailableException("The request id was taken.");
            stored = true;
            await queue.SendAsync(request.Id, 0, StepCause.Accepted, delay, cancellationToken);
            return new Stored<RequestRecord>(request, etag);
        }
        catch (StorageUnavailableException)
        {
            Meters.Requested(request.Product, Problem.Unavailable());
            await TakeBackAsync(admitted, stored);
            throw;
        }
    }

    private async Task TakeBackAsync(AdmittedRequest admitted, bool stored)
    {
        var request = admitted.Request;
        try
        {
            if (stored)
            {
                // What it holds of the account's funds goes back with its end.
                await changes.ApplyAsync(
                    request.Id,
                    current => AttemptTransitions.End(current, EndEvent.NothingCouldBePlaced, time.GetUtcNow(), "The job could not be queued."),
                    CancellationToken.None);
            }
            else
            {
                await spend.GiveBackAsync(request, request.Hold, CancellationToken.None);
            }

            if (admitted.SendAt is { } at)
            {
                await guard.ReleaseAsync(request, at, request.Verification is not null, CancellationToken.None);
            }
        }
        catch (StorageUnavailableException)
        {
            Log.NotTakenBack(logger, request.Id);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{RequestId} was not accepted, and the store did not take that back; the timer will end it")]
        public static partial void NotTakenBack(ILogger logger, RequestId requestId);
    }
}
