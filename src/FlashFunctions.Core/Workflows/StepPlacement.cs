using System.Diagnostics;
using FlashFunctions.Core.Accounts.Spend;
using FlashFunctions.Core.Guard;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Telemetry;
using FlashFunctions.Core.Verifications;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Workflows;

/// <summary>How the placing of one step ended.</summary>
public enum StepEnd
{
    /// <summary>An attempt is placed or unclear.</summary>
    Placed,

    /// <summary>No provider could take it, or the send budget forbids it: the next step may start.</summary>
    NotPlaced,

    /// <summary>The number is bad for any provider: stop.</summary>
    NumberRejected,

    /// <summary>Somebody else changed the request so that there is nothing to place any more.</summary>
    Overtaken,
}

/// <summary>The request as it stands after placing a step.</summary>
public sealed record StepOutcome(Stored<RequestRecord> Stored, StepEnd End);

/// <summary>
/// Places one step: counts the send and, under a cap, its price, then asks one usable provider after the other, each claimed in the store before it is
/// called, until one takes it or may have.
/// </summary>
public sealed partial class StepPlacement(
    RequestChanges changes,
    NumberGuard guard,
    SpendGate spend,
    StepCandidates candidates,
    Placements placements,
    WebhookReferences references,
    TimeProvider time,
    ILogger<StepPlacement> logger)
{
    /// <summary>Places a step.</summary>
    public async Task<StepOutcome> PlaceAsync(Stored<RequestRecord> stored, int step, CancellationToken cancellationToken)
    {
        var usable = candidates.For(stored.Value, step);
        if (usable.Providers.Count == 0)
        {
            return await SkipAsync(stored, step, usable.WhyNone!, cancellationToken);
        }

        if (stored.Value is { CountsSends: false } or { Sends.Count: > 0 })
        {
            var counted = stored.Value.Sends.Count > 0 ? new CountedSend(stored.Value.Sends[0], IsNew: false) : null;
            return await AskAsync(stored, step, usable.Providers, counted, cancellationToken);
        }

        return await guard.AdmitSendAsync(stored.Value, coolDown: false, cancellationToken) switch
        {
            Admission.Granted granted => await AskAsync(
                stored, step, usable.Providers, new CountedSend(granted.At, IsNew: true), cancellationToken),
            _ => await SkipAsync(stored, step, "The number's send budget is used up.", cancellationToken),
        };
    }

    private async Task<StepOutcome> AskAsync(
        Stored<RequestRecord> stored, int step, IReadOnlyList<IProvider> providers, CountedSend? send, CancellationToken cancellationToken)
    {
        Func<RequestRecord, RequestRecord> soFar = request => request;
        var whyNot = "No provider could take it.";
        foreach (var provider in providers)
        {
            var held = soFar(stored.Value);
            var funds = await spend.CoverAsync(held, step, provider.Name, cancellationToken);
            if (funds.Refusal is { } refusal)
            {
                whyNot = $"The account {refusal}.";
                continue;
            }

            var claim = await ClaimAsync(stored, soFar, placements.NewAttempt(stored.Value, step, provider, send?.At, funds.Hold), cancellationToken);
            await GiveBackAsync(held, funds.Hold, claim, cancellationToken);
            if (!claim.IsOurs)
            {
                await ReleaseUnlessKeptAsync(send, claim.Stored.Value, cancellationToken);
                return new StepOutcome(claim.Stored, StepEnd.Overtaken);
            }

            stored = claim.Stored;
            var number = stored.Value.Attempts.Count - 1;
            var outcome = await PlaceAsync(provider, placements.For(stored.Value, number), cancellationToken);
            if (outcome is not PlaceOutcome.NotSent notSent)
            {
                return await SaveAsync(stored, number, provider, outcome, cancellationToken);
            }

            Log.NotSent(logger, provider.Name, step, stored.Value.Id, notSent.Reason);
            var now = time.GetUtcNow();
            soFar = request => PlacementTransitions.NotSent(Standing.Settled(request, now), number, notSent, now);
        }

        return await SkipAsync(stored, step, whyNot, cancellationToken, request => Keep(soFar(request), send));
    }

    private static async Task<PlaceOutcome> PlaceAsync(IProvider provider, Placement placement, CancellationToken cancellationToken)
    {
        using var span = Telemetry.Trace.Start("place", ActivityKind.Client);
        var outcome = await provider.PlaceAsync(placement, cancellationToken);
        span?.SetTag("provider", provider.Name).SetTag("method", Words.Of(placement.Channel)).SetTag("outcome", outcome.GetType().Name);
        Meters.Attempted(provider.Name, placement.Channel, outcome);
        return outcome;
    }

    /// <summary>Writes the attempt before the provider is called. Ours only if this very write was the one that got through.</summary>
    private async Task<Claim> ClaimAsync(
        Stored<RequestRecord> stored, Func<RequestRecord, RequestRecord> soFar, AttemptRecord attempt, CancellationToken cancellationToken)
    {
        var (expected, current) = (stored.Value.Attempts.Count, stored.Value.CurrentStep);
        var claimed = false;
        var change = await changes.ApplyAsync(
            stored,
            request =>
            {
                var answered = soFar(request);
                claimed = MayStart(answered, attempt.Step) && request.Attempts.Count == expected && request.CurrentStep == current;
                return claimed ? AttemptTransitions.Add(SendTransitions.Take(answered, attempt.Send), attempt) with { Hold = null } : answered;
            },
            cancellationToken);
        return new Claim(change.After, claimed);
    }

    /// <summary>Saves what the provider answered, with what its webhooks have said already.</summary>
    private async Task<StepOutcome> SaveAsync(
        Stored<RequestRecord> stored, int number, IProvider provider, PlaceOutcome outcome, CancellationToken cancellationToken)
    {
        IReadOnlyList<ProviderEvent> early = [];
        if (outcome is PlaceOutcome.Accepted accepted && provider.IsFoundByReference)
        {
            early = await references.LinkAsync(
                provider.Name, accepted.Reference, new AttemptKey(stored.Value.Id.Text, number), cancellationToken);
        }

        var now = time.GetUtcNow();
        var change = await changes.ApplyAsync(
            stored,
            request => early.Aggregate(
                placements.Answered(Standing.Settled(request, now), number, provider, outcome, now),
                (current, reported) => AttemptTransitions.Apply(current, number, reported, now)),
            cancellationToken);
        if (outcome is PlaceOutcome.Rejected)
        {
            return new StepOutcome(change.After, StepEnd.NumberRejected);
        }

        Log.Placed(logger, change.After.Value.Id, number, provider.Name, change.After.Value.Attempts[number].State);
        return new StepOutcome(change.After, StatusTable.IsFailure(change.After.Value.Attempts[number].Status) ? StepEnd.NotPlaced : StepEnd.Placed);
    }

    private async Task<StepOutcome> SkipAsync(
        Stored<RequestRecord> stored, int step, string reason, CancellationToken cancellationToken, Func<RequestRecord, RequestRecord>? first = null)
    {
        Log.Skipped(logger, step, stored.Value.Id, reason);
        var now = time.GetUtcNow();
        var expected = stored.Value.Attempts.Count;
        var skipped = false;
        var change = await changes.ApplyAsync(
            stored,
            request =>
            {
                var before = first is null ? request : first(request);
                skipped = MayStart(before, step) && request.Attempts.Count == expected;
                return skipped ? AttemptTransitions.Add(before, Placements.Skipped(step, reason, now)) : before;
            },
            cancellationToken);
        return new StepOutcome(change.After, skipped ? StepEnd.NotPlaced : StepEnd.Overtaken);
    }

    /// <summary>Rule 5: a step that somebody else has started meanwhile, or has left behind, is not started here.</summary>
    private bool MayStart(RequestRecord request, int step) =>
        request.IsOpen(time.GetUtcNow())
        && step >= request.CurrentStep
        && !request.Attempts.Any(attempt => attempt.Step == step && attempt.MayHaveReachedThePhone);

    /// <summary>A send that was counted here and not written onto the request goes back.</summary>
    private Task ReleaseUnlessKeptAsync(CountedSend? send, RequestRecord after, CancellationToken cancellationToken) =>
        send is { IsNew: true, At: var at } && !SendTransitions.Has(after, at)
            ? guard.ReleaseAsync(after, at, call: false, cancellationToken)
            : Task.CompletedTask;

    /// <summary>A send that was counted here waits for the next step, or goes back where there is none.</summary>
    private static RequestRecord Keep(RequestRecord request, CountedSend? send) =>
        send is { IsNew: true, At: var at } ? SendTransitions.Keep(request, at) : request;

    /// <summary>Of two prices that were counted, the one of another provider and this one's, the one that the claim does not use goes back.</summary>
    private Task GiveBackAsync(RequestRecord before, SpendHold? charge, Claim claim, CancellationToken cancellationToken) =>
        charge is null || (charge with { Provider = "" }) == (before.Hold is null ? null : before.Hold with { Provider = "" })
            ? Task.CompletedTask
            : spend.GiveBackAsync(before, claim.IsOurs ? before.Hold : charge, cancellationToken);

    /// <summary>A send that was counted, by this very call or before it.</summary>
    private sealed record CountedSend(long At, bool IsNew);

    private sealed record Claim(Stored<RequestRecord> Stored, bool IsOurs);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Provider} did not take step {Step} of {RequestId}: {Reason}")]
        public static partial void NotSent(ILogger logger, string provider, int step, RequestId requestId, string reason);

        [LoggerMessage(2, LogLevel.Warning, "Step {Step} of {RequestId} was skipped: {Reason}")]
        public static partial void Skipped(ILogger logger, int step, RequestId requestId, string reason);

        [LoggerMessage(3, LogLevel.Debug, "Attempt {Attempt} of {RequestId} by {Provider} is {State}")]
        public static partial void Placed(ILogger logger, RequestId requestId, int attempt, string provider, AttemptState state);
    }
}
