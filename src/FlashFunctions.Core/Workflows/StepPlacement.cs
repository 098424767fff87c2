using System.Diagnostics;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>How the placing of one step ended.</summary>
public enum StepEnd
{
    /// <summary>An attempt is placed or unclear.</summary>
    Placed,

    /// <summary>No provider could take it, or the send budget forbids it: the next step may start.</summary>
    NotPlaced,

    /// <summary>Every provider that could take it has its rate used up: the step comes back later.</summary>
    MustWait,

    /// <summary>The number is bad for any provider: stop.</summary>
    NumberRejected,

    /// <summary>Somebody else changed the request so that there is nothing to place any more.</summary>
    Overtaken,
}

/// <summary>The request as it stands after placing a step; where that must wait: for how long.</summary>
public sealed record StepOutcome(Stored<RequestRecord> Stored, StepEnd End, TimeSpan ComeBackIn = default);

/// <summary>
/// Places one step by one usable provider after the other, each claimed in the store before anything else: only the worker that has the claim
/// counts the send and, under a cap, its price, then calls the provider. So a job that comes many times counts once, and none of its
/// deliveries takes from another what that needs.
/// </summary>
public sealed partial class StepPlacement(
    RequestChanges changes,
    StepReservations reservations,
    StepCandidates candidates,
    Placements placements,
    WebhookReferences references,
    SecurityLog security,
    TimeProvider time,
    ILogger<StepPlacement> logger)
{
    /// <summary>What the security log calls it.</summary>
    private const string Dispatch = "dispatch";

    /// <summary>A step that waits for a rate comes back by then, unless the rate asks for more.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(7);

    /// <summary>Places a step.</summary>
    public async Task<StepOutcome> PlaceAsync(Stored<RequestRecord> stored, int step, CancellationToken cancellationToken)
    {
        var usable = candidates.For(stored.Value, step);
        return usable.Providers.Count == 0
            ? await SkipAsync(stored, step, usable.WhyNone!, request => request, cancellationToken)
            : await AskAsync(stored, step, usable.Providers, cancellationToken);
    }

    /// <summary>Ends a request at a step that may not be sent, and writes down why.</summary>
    public async Task<Stored<RequestRecord>> RefuseAsync(
        Stored<RequestRecord> stored, int step, StepRefusal refusal, CancellationToken cancellationToken)
    {
        Log.Refused(logger, step, stored.Value.Id, refusal.Why);
        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored,
            request => MayStart(request, step) && request.Attempts.Count == stored.Value.Attempts.Count
                ? PlacementTransitions.NotAllowed(request, step, refusal.Why, now)
                : request,
            cancellationToken);
        if (change.Changed)
        {
            Note(stored.Value, refusal);
        }

        return change.After;
    }

    private async Task<StepOutcome> AskAsync(
        Stored<RequestRecord> stored, int step, IReadOnlyList<IProvider> providers, CancellationToken cancellationToken)
    {
        Func<RequestRecord, RequestRecord> soFar = request => request;
        StepRefusal? refused = null;
        var waits = new List<TimeSpan>();
        foreach (var provider in providers)
        {
            var approach = ApproachOf(stored.Value, step, provider);
            using var turn = approach.Turn;
            if (turn is null)
            {
                waits.AddRange(approach.Waits);
                refused = approach.Gap ?? refused;
                continue;
            }

            var claim = await ClaimAsync(stored, soFar, placements.NewAttempt(soFar(stored.Value), step, provider), cancellationToken);
            stored = claim.Stored;
            if (!claim.IsOurs)
            {
                return new StepOutcome(stored, StepEnd.Overtaken);
            }

            var number = stored.Value.Attempts.Count - 1;
            var reservation = await ReserveAsync(stored, number, cancellationToken);
            if (reservation.WhyNot is { } refusal)
            {
                refused = refusal;
                soFar = request => PlacementTransitions.Withdrawn(request, number, reservation.Send);
                if (reservation.IsOver)
                {
                    waits.Clear();
                    break;
                }

                continue;
            }

            var outcome = await PlaceAsync(provider, placements.For(stored.Value, number) with { Turn = turn }, cancellationToken);
            if (outcome is not PlaceOutcome.NotSent notSent)
            {
                return await SaveAsync(stored, number, provider, outcome, reservation, cancellationToken);
            }

            Log.NotSent(logger, provider.Name, step, stored.Value.Id, notSent.Reason);
            var now = time.GetUtcNow();
            soFar = request => PlacementTransitions.NotSent(
                PlacementTransitions.Reserved(ExpiryRules.Settled(request, now), number, reservation), number, notSent, now);
            if (soFar(stored.Value).Attempts[number].RetryAt is { } retryAt)
            {
                waits.Add(retryAt - now);
            }
        }

        return waits.Count == 0
            ? await SkipAsync(stored, step, refused?.Why ?? "No provider could take it.", soFar, cancellationToken, refused)
            : StepWaits.For(stored.Value, step, providers[0], waits.Min(), time.GetUtcNow()) is { } waiting
                ? await WaitAsync(stored, waiting, waits.Min(), soFar, cancellationToken)
                : await SkipAsync(stored, step, "The provider takes no more at present.", soFar, cancellationToken);
    }

    /// <summary>Takes a turn at a provider, or says why it is not asked now: what stands against it, or how long the step would have to wait.</summary>
    private Approach ApproachOf(RequestRecord request, int step, IProvider provider)
    {
        if (StepWaits.UntilAsked(request, step, provider, time.GetUtcNow()) is var pause && pause > TimeSpan.Zero)
        {
            return new Approach(null, null, [pause]);
        }

        if (reservations.Gap(request, step, provider) is { } gap)
        {
            return new Approach(null, gap, []);
        }

        var turn = provider.TakeTurn(hasWaited: request.Waiting?.Step == step);
        return turn.ComeBackIn is { } comeBackIn ? new Approach(null, null, [comeBackIn]) : new Approach(turn, null, []);
    }

    private static async Task<PlaceOutcome> PlaceAsync(IProvider provider, Placement placement, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Trace.Start("place", ActivityKind.Client);
        var outcome = await provider.PlaceAsync(placement, cancellationToken);
        span?.SetTag("provider", provider.Name).SetTag("method", ApiNames.Of(placement.Channel)).SetTag("outcome", outcome.GetType().Name);
        Meters.Attempted(provider.Name, placement.Channel, outcome);
        return outcome;
    }

    /// <summary>Writes the attempt before anything is counted and the provider called. Ours only if this very write got through.</summary>
    private async Task<Claim> ClaimAsync(
        Stored<RequestRecord> stored, Func<RequestRecord, RequestRecord> soFar, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        var (expected, current, cap) = (stored.Value.Attempts.Count, stored.Value.CurrentStep, stored.Value.Cap);
        var claimed = false;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var answered = soFar(request);
                claimed = MayStart(answered, attempt.Step) && request.Attempts.Count == expected && request.CurrentStep == current;
                return claimed ? PlacementTransitions.Claimed(answered with { Cap = cap }, attempt) : answered;
            },
            cancellationToken);
        return new Claim(change.After, claimed);
    }

    /// <summary>Counts what the claimed attempt needs. Where that fails nothing was sent: the claim is taken back, so that the job may come again.</summary>
    private async Task<Reservation> ReserveAsync(Stored<RequestRecord> stored, int number, CancellationToken cancellationToken)
    {
        var counted = new Reservation();
        try
        {
            counted = await reservations.CountSendAsync(stored.Value, number, cancellationToken);
            return counted.WhyNot is null ? await reservations.CountPriceAsync(stored.Value, number, counted, cancellationToken) : counted;
        }
        catch
        {
            await WithdrawAsync(stored, number, counted.Send);
            throw;
        }
    }

    private async Task WithdrawAsync(Stored<RequestRecord> stored, int number, long? send)
    {
        try
        {
            await changes.UpdateAsync(stored, request => PlacementTransitions.Withdrawn(request, number, send), CancellationToken.None);
        }
        catch (StorageUnavailableException)
        {
            Log.NotWithdrawn(logger, number, stored.Value.Id);
        }
    }

    /// <summary>Saves what the provider answered, with what its webhooks have said already.</summary>
    private async Task<StepOutcome> SaveAsync(
        Stored<RequestRecord> stored,
        int number,
        IProvider provider,
        PlaceOutcome outcome,
        Reservation reservation,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<ProviderEvent> early = [];
        if (outcome is PlaceOutcome.Accepted accepted && provider.IsFoundByReference)
        {
            early = await references.LinkAsync(
                provider.Name, accepted.Reference, new AttemptKey(stored.Value.Id.Text, number), cancellationToken);
        }

        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored,
            request => early.Aggregate(
                placements.Answered(
                    PlacementTransitions.Reserved(ExpiryRules.Settled(request, now), number, reservation), number, provider, outcome, now),
                (current, reported) => AttemptTransitions.Apply(current, number, reported, now)),
            cancellationToken);
        if (outcome is PlaceOutcome.Rejected)
        {
            return new StepOutcome(change.After, StepEnd.NumberRejected);
        }

        Log.Placed(logger, change.After.Value.Id, number, provider.Name, change.After.Value.Attempts[number].State);
        return new StepOutcome(change.After, StatusTable.IsFailure(change.After.Value.Attempts[number].Status) ? StepEnd.NotPlaced : StepEnd.Placed);
    }

    /// <summary>Notes that the step waits, so that a job which comes for an earlier turn does nothing, and keeps the send that was counted for it.</summary>
    private async Task<StepOutcome> WaitAsync(
        Stored<RequestRecord> stored, WaitingStep waiting, TimeSpan wait, Func<RequestRecord, RequestRecord> first, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expected = stored.Value.Attempts.Count;
        var waits = false;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var before = first(request);
                waits = MayStart(before, waiting.Step) && request.Attempts.Count == expected && request.Waiting == stored.Value.Waiting;
                return waits ? before with { Waiting = waiting, WaitsUntil = now + (wait > LongestPause ? wait : LongestPause) } : before;
            },
            cancellationToken);
        Log.Waits(logger, waiting.Step, change.After.Value.Id, wait);
        return waits ? new StepOutcome(change.After, StepEnd.MustWait, wait) : new StepOutcome(change.After, StepEnd.Overtaken);
    }

    /// <summary>Notes a step that its successor overtook while it waited for its turn.</summary>
    public async Task<Stored<RequestRecord>> LeaveBehindAsync(Stored<RequestRecord> stored, int step, CancellationToken cancellationToken) =>
        stored.Value.Waiting is { } waiting && waiting.Step < step && waiting.Step >= stored.Value.CurrentStep && MayStart(stored.Value, waiting.Step)
            ? (await SkipAsync(stored, waiting.Step, "The provider took no more in time.", request => request, cancellationToken)).Stored
            : stored;

    private async Task<StepOutcome> SkipAsync(
        Stored<RequestRecord> stored,
        int step,
        string reason,
        Func<RequestRecord, RequestRecord> first,
        CancellationToken cancellationToken,
        StepRefusal? refusal = null)
    {
        Log.Skipped(logger, step, stored.Value.Id, reason);
        var now = time.GetUtcNow();
        var expected = stored.Value.Attempts.Count;
        var skipped = false;
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var before = first(request);
                skipped = MayStart(before, step) && request.Attempts.Count == expected;
                return skipped ? AttemptTransitions.Add(before, Placements.Skipped(step, reason, now)) : before;
            },
            cancellationToken);
        if (skipped && refusal is not null)
        {
            Note(stored.Value, refusal);
        }

        return new StepOutcome(change.After, skipped ? StepEnd.NotPlaced : StepEnd.Overtaken);
    }

    private void Note(RequestRecord request, StepRefusal refusal) =>
        security.RequestRefused(request.Account, Dispatch, refusal.ErrorCode, refusal.Limit, from: null);

    /// <summary>Rule 5: a step that somebody else has started meanwhile, or has left behind, is not started here.</summary>
    private bool MayStart(RequestRecord request, int step) =>
        request.IsOpen(time.GetUtcNow())
        && step >= request.CurrentStep
        && !request.Attempts.Any(attempt => attempt.Step == step && attempt.MayHaveReachedThePhone);

    private sealed record Approach(ProviderTurn? Turn, StepRefusal? Gap, TimeSpan[] Waits);

    private sealed record Claim(Stored<RequestRecord> Stored, bool IsOurs);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not take step {Step} of {RequestId}: {Reason}")]
        public static partial void NotSent(ILogger logger, string provider, int step, RequestId requestId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Step {Step} of {RequestId} was skipped: {Reason}")]
        public static partial void Skipped(ILogger logger, int step, RequestId requestId, string reason);

        [LoggerMessage(5, LogLevel.Information, "Step {Step} of {RequestId} waits {Wait} for its turn")]
        public static partial void Waits(ILogger logger, int step, RequestId requestId, TimeSpan wait);

        [LoggerMessage(3, LogLevel.Debug, "Attempt {Attempt} of {RequestId} by {Provider} is {State}")]
        public static partial void Placed(ILogger logger, RequestId requestId, int attempt, string provider, AttemptState state);

        [LoggerMessage(5, LogLevel.Warning, "Step {Step} of {RequestId} may not be sent: {Reason}")]
        public static partial void Refused(ILogger logger, int step, RequestId requestId, string reason);

        [LoggerMessage(4, LogLevel.Warning, "The claim of attempt {Attempt} of {RequestId} could not be taken back; its wait decides")]
        public static partial void NotWithdrawn(ILogger logger, int attempt, RequestId requestId);
    }
}
