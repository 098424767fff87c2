using System.Diagnostics;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

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

    /// <summary>Another worker changed the request so that there is nothing to place any more.</summary>
    Overtaken,
}

/// <summary>The request as it is stored after a step was run; where the step must wait: for how long.</summary>
public sealed record StepOutcome(Stored<RequestRecord> Stored, StepEnd End, TimeSpan ComeBackIn = default);

/// <summary>
/// Runs one step: finds the candidates, and for one after the other claims an attempt in the store, reserves what it needs, calls the
/// provider and records the answer. Only the worker that has the claim counts the send and, under a cap, its price, then calls the
/// provider. So a job that is delivered many times counts once, and none of its deliveries takes from another what that one needs.
/// </summary>
public sealed partial class StepRunner(
    RequestChanges changes, StepCandidates candidates, LearnedRouting learned, PlacementFactory placements, StepReservations reservations,
    SpendGate spend, StepPrices prices, WebhookReferences references, FraudDecisions decisions, SecurityLog security, TimeProvider time,
    ILogger<StepRunner> logger)
{
    /// <summary>What the security log calls it.</summary>
    private const string Dispatch = "dispatch";

    /// <summary>A step that waits for a rate comes back by then, unless the rate asks for more.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(7);

    /// <summary>
    /// A step that has begun is finished although the host stops: a claim that is given up looks like a call that may have rung.
    /// </summary>
    private static readonly CancellationToken UntilDone = CancellationToken.None;

    public async Task<StepOutcome> RunAsync(Stored<RequestRecord> stored, int step, StepCause cause)
    {
        var request = stored.Value;
        var (usable, whyNone) = candidates.For(request, step);
        var routed = await learned.RouteAsync(request, step, usable, () => candidates.PassedOver(request, step, usable), UntilDone);
        FailedTry? unsaved = null;
        StepRefusal? refused = null;
        TimeSpan? comeBackIn = null;
        foreach (var provider in routed.Providers)
        {
            var answer = TakeTurn(stored.Value, step, provider);
            using var turn = answer.Turn;
            if (turn is null)
            {
                comeBackIn = Shorter(comeBackIn, answer.ComeBackIn);
                refused = answer.Gap ?? refused;
                routed = routed.PassOver(provider, answer.Gap?.Why ?? "It takes no more at present: its rate is used up.");
                continue;
            }

            var claim = await ClaimAsync(stored, unsaved, step, cause, provider, routed);
            stored = claim.After;
            if (!claim.Decision)
            {
                return new StepOutcome(stored, StepEnd.Overtaken);
            }

            var number = stored.Value.Attempts.Count - 1;
            var reservation = await reservations.ReserveAsync(stored, number, UntilDone);
            if (reservation.WhyNot is { } refusal)
            {
                refused = refusal;
                unsaved = new FailedTry(number, reservation, null, time.GetUtcNow());
                if (reservation.IsOver)
                {
                    comeBackIn = null;
                    break;
                }

                continue;
            }

            var outcome = await CallAsync(provider, placements.For(stored.Value, number) with { Turn = turn });
            if (outcome is not PlaceOutcome.NotSent notSent)
            {
                return await RecordAsync(stored, number, provider, outcome, reservation);
            }

            Log.NotSent(logger, provider.Name, step, stored.Value.Id, notSent.Reason);
            routed = routed.PassOver(provider, $"It did not take the attempt: {notSent.Reason}");
            unsaved = new FailedTry(number, reservation, notSent, time.GetUtcNow());
            if (unsaved.ApplyTo(stored.Value).Attempts[number].RetryAt is { } retryAt)
            {
                comeBackIn = Shorter(comeBackIn, retryAt - unsaved.At);
            }
        }

        return comeBackIn is { } wait
            ? await WaitAsync(stored, unsaved, step, routed.Providers[0], wait)
            : await SkipAsync(stored, unsaved, step, whyNone ?? refused?.Why ?? "No provider could take it.", refused);
    }

    /// <summary>Ends a request at a step that may not be sent, and writes down why.</summary>
    public async Task<Stored<RequestRecord>> RefuseAsync(Stored<RequestRecord> stored, int step, StepRefusal refusal)
    {
        Log.Refused(logger, step, stored.Value.Id, refusal.Why);
        var now = time.GetUtcNow();
        var change = await ChangeIfOursAsync(
            stored,
            null,
            step,
            request => RequestLife.EndAtRefusedStep(With(refusal.Fraud, request, now), step, refusal.Why, now));
        NoteIf(change.Decision, stored.Value, refusal);
        return change.After;
    }

    /// <summary>Records as skipped a step that may not be sent though a later one may.</summary>
    public Task<StepOutcome> SkipAsync(Stored<RequestRecord> stored, int step, StepRefusal refusal) =>
        SkipAsync(stored, null, step, refusal.Why, refusal);

    /// <summary>Records as skipped a step that waits for its turn when a later one starts.</summary>
    public async Task<Stored<RequestRecord>> LeaveBehindAsync(Stored<RequestRecord> stored, int step) =>
        stored.Value.Waiting is { } waiting
        && waiting.Step < step
        && waiting.Step >= stored.Value.CurrentStep
        && MayStart(stored.Value, waiting.Step)
            ? (await SkipAsync(stored, null, waiting.Step, "The provider took no more in time.")).Stored
            : stored;

    /// <summary>Takes a turn at a provider, or says why the provider is not asked now.</summary>
    private TurnAnswer TakeTurn(RequestRecord request, int step, IProvider provider)
    {
        // A provider that said that its rate is used up is not asked for the same step again before the time that it named.
        var last = request.Attempts.LastOrDefault(attempt => attempt.Step == step && attempt.Provider == provider.Name);
        if (last?.RetryAt - time.GetUtcNow() is { } pause && pause > TimeSpan.Zero)
        {
            return new TurnAnswer(ComeBackIn: pause);
        }

        if (spend.Gap(request, step, provider.Name) is { } gap)
        {
            return new TurnAnswer(Gap: StepRefusal.Cap(gap));
        }

        var turn = provider.TakeTurn(hasWaited: request.Waiting?.Step == step);
        return turn.ComeBackIn is { } comeBackIn ? new TurnAnswer(ComeBackIn: comeBackIn) : new TurnAnswer(turn);
    }

    /// <summary>
    /// Writes the attempt before anything is counted and the provider called. It is ours only if this very write succeeded.
    /// </summary>
    private Task<RequestChange<bool>> ClaimAsync(
        Stored<RequestRecord> stored, FailedTry? unsaved, int step, StepCause cause, IProvider provider, RoutedStep routed)
    {
        var attempt = placements.NewAttempt(unsaved?.ApplyTo(stored.Value) ?? stored.Value, step, provider, routed.WaitOn(provider)) with
        {
            Cause = cause,
            Choice = routed.Explanation,
            Price = prices.UnitsOf(stored.Value, step, provider.Name),
        };
        var cap = stored.Value.Cap;
        return ChangeIfOursAsync(stored, unsaved, step, request => AttemptLife.Claim(request with { Cap = cap }, attempt));
    }

    private static async Task<PlaceOutcome> CallAsync(IProvider provider, Placement placement)
    {
        using var span = Telemetry.Trace.Start("place", ActivityKind.Client);
        var outcome = await provider.PlaceAsync(placement, UntilDone);
        span?.SetTag("provider", provider.Name).SetTag("method", ApiNames.Of(placement.Channel)).SetTag("outcome", outcome.GetType().Name);
        Meters.Attempted(provider.Name, placement.Channel, outcome);
        return outcome;
    }

    /// <summary>Saves what the provider answered, with what its webhooks have said already.</summary>
    private async Task<StepOutcome> RecordAsync(
        Stored<RequestRecord> stored, int number, IProvider provider, PlaceOutcome outcome, Reservation reservation)
    {
        IReadOnlyList<ProviderEvent> early = [];
        if (outcome is PlaceOutcome.Accepted accepted && provider.IsFoundByReference)
        {
            early = await references.LinkAsync(provider.Name, accepted.Reference, new AttemptKey(stored.Value.Id.Text, number), UntilDone);
        }

        var now = time.GetUtcNow();
        var change = await changes.UpdateAsync(
            stored,
            request =>
            {
                var settled = RequestLife.ExpireVerificationIfDue(request, now);
                var reserved = AttemptLife.Reserve(With(reservation.Observed, settled, now), number, reservation.Send, reservation.Charge);
                var answered = placements.Answered(reserved, number, provider, outcome, now);
                return early.Aggregate(answered, (current, reported) => AttemptLife.Reported(current, number, reported, now));
            },
            UntilDone);
        if (outcome is PlaceOutcome.Rejected)
        {
            return new StepOutcome(change.After, StepEnd.NumberRejected);
        }

        var attempt = change.After.Value.Attempts[number];
        Log.Placed(logger, change.After.Value.Id, number, provider.Name, attempt.State);
        return new StepOutcome(change.After, AttemptLife.IsFailure(attempt.Status) ? StepEnd.NotPlaced : StepEnd.Placed);
    }

    /// <summary>
    /// Notes that the step waits, so that a job which comes for an earlier turn does nothing, and keeps the send that was counted for it.
    /// Where the next step starts before its turn, it is skipped.
    /// </summary>
    private async Task<StepOutcome> WaitAsync(
        Stored<RequestRecord> stored, FailedTry? unsaved, int step, IProvider provider, TimeSpan wait)
    {
        var now = time.GetUtcNow();
        if (NextSteps.WaitFor(stored.Value, step, provider, wait, now) is not { } waiting)
        {
            return await SkipAsync(stored, unsaved, step, "The provider takes no more at present.");
        }

        var (before, until) = (stored.Value.Waiting, now + (wait > LongestPause ? wait : LongestPause));
        var change = await ChangeIfOursAsync(
            stored, unsaved, step, request => request.Waiting == before ? request with { Waiting = waiting, WaitsUntil = until } : null);
        Log.Waits(logger, step, change.After.Value.Id, wait);
        return change.Decision ? new StepOutcome(change.After, StepEnd.MustWait, wait) : new StepOutcome(change.After, StepEnd.Overtaken);
    }

    private async Task<StepOutcome> SkipAsync(
        Stored<RequestRecord> stored, FailedTry? unsaved, int step, string reason, StepRefusal? refusal = null)
    {
        Log.Skipped(logger, step, stored.Value.Id, reason);
        var now = time.GetUtcNow();
        var change = await ChangeIfOursAsync(
            stored, unsaved, step, request => AttemptLife.Skip(With(refusal?.Fraud, request, now), step, reason, now));
        NoteIf(change.Decision, stored.Value, refusal);
        return new StepOutcome(change.After, change.Decision ? StepEnd.NotPlaced : StepEnd.Overtaken);
    }

    /// <summary>
    /// Notes a refusal in the security log, and in the log of decisions where the fraud guard decided it after the request was accepted.
    /// The limit of messages is noted there where it is counted.
    /// </summary>
    private void NoteIf(bool isSaved, RequestRecord request, StepRefusal? refusal)
    {
        if (!isSaved || refusal is null)
        {
            return;
        }

        security.RequestRefused(request.Account, Dispatch, refusal.ErrorCode, refusal.Limit, from: null);
        if (refusal.Fraud is { Rule: not FraudRule.Messages } found && !Has(request, found))
        {
            decisions.Note(request, found, isRefused: false);
        }
    }

    /// <summary>
    /// Makes a change as the worker that runs the step. Where another one has added or withdrawn an attempt meanwhile, or the change itself
    /// finds that it is too late and gives null, only the failed try is saved. The decision says whether the change was made.
    /// </summary>
    private Task<RequestChange<bool>> ChangeIfOursAsync(
        Stored<RequestRecord> stored, FailedTry? unsaved, int step, Func<RequestRecord, RequestRecord?> change)
    {
        var (attempts, current) = (stored.Value.Attempts.Count, stored.Value.CurrentStep);
        return changes.UpdateAsync(
            stored,
            request =>
            {
                var before = unsaved?.ApplyTo(request) ?? request;
                var isOurs = MayStart(before, step) && request.Attempts.Count == attempts && request.CurrentStep == current;
                return isOurs && change(before) is { } after ? (after, true) : (before, false);
            },
            UntilDone);
    }

    /// <summary>
    /// Rule 5: a step that another worker has started meanwhile, or that a later step has left behind, is not started here.
    /// </summary>
    private bool MayStart(RequestRecord request, int step) =>
        request.IsOpen(time.GetUtcNow())
        && step >= request.CurrentStep
        && !request.Attempts.Any(attempt => attempt.Step == step && attempt.MayHaveReachedThePhone);

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one < other ? one : other ?? one;

    private static RequestRecord With(FraudFinding? found, RequestRecord request, DateTimeOffset now) =>
        found is null || Has(request, found)
            ? request
            : request with { Fraud = [.. request.Fraud ?? [], found with { At = now }] };

    private static bool Has(RequestRecord request, FraudFinding found) => request.Fraud?.Any(known =>
        (known.Rule, known.Scope, known.Mode, known.Seen, known.Until) == (found.Rule, found.Scope, found.Mode, found.Seen, found.Until))
            == true;

    /// <summary>A turn at a provider, or why it was not taken: when to come back, or that the step has no price by this provider.</summary>
    private sealed record TurnAnswer(ProviderTurn? Turn = null, TimeSpan? ComeBackIn = null, StepRefusal? Gap = null);

    /// <summary>
    /// A claimed attempt that sent nothing. It is saved with the next change of the request, the claim for the next provider for one, which
    /// saves a write.
    /// </summary>
    /// <param name="Reservation">What was counted for it.</param>
    /// <param name="Answer">The provider's answer; null where the reservation failed, so that the provider was not called.</param>
    private sealed record FailedTry(int Number, Reservation Reservation, PlaceOutcome.NotSent? Answer, DateTimeOffset At)
    {
        public RequestRecord ApplyTo(RequestRecord request) => Answer is null
            ? AttemptLife.Withdraw(request, Number, Reservation.Send)
            : AttemptLife.NotSent(
                AttemptLife.Reserve(RequestLife.ExpireVerificationIfDue(request, At), Number, Reservation.Send, Reservation.Charge),
                Number,
                Answer,
                At);
    }

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

        [LoggerMessage(6, LogLevel.Warning, "Step {Step} of {RequestId} may not be sent: {Reason}")]
        public static partial void Refused(ILogger logger, int step, RequestId requestId, string reason);
    }
}
