using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Workflows;

/// <summary>What an answer, or its absence, makes of an attempt: (state of the attempt, answer) → state.</summary>
public static class PlacementTransitions
{
    /// <summary>Claims an attempt: it becomes the current step's, and takes over what was counted and belongs to none yet.</summary>
    public static RequestRecord Claimed(RequestRecord request, AttemptRecord attempt)
    {
        long? send = request is { CountsSends: true, UnusedSendReservations: [var waiting, ..] } ? waiting : null;
        var charge = request.ReservedSpend is { } hold ? hold with { Provider = attempt.Provider! } : null;
        var claimed = AttemptTransitions.Add(SendTransitions.Take(request, send), attempt with { SendReservedAt = send, CountedSpend = charge });
        return claimed with { ReservedSpend = null };
    }

    /// <summary>Writes down what was counted for a claimed attempt.</summary>
    public static RequestRecord Reserved(RequestRecord request, int number, Reservation reservation) =>
        AttemptTransitions.Change(request, number, attempt => attempt with { SendReservedAt = reservation.Send, CountedSpend = reservation.Charge });

    /// <summary>A claim whose provider was not called: as if it had never been, and what was counted for it waits again.</summary>
    public static RequestRecord Withdrawn(RequestRecord request, int number, long? send)
    {
        if (number != request.Attempts.Count - 1 || request.Attempts[number] is not { State: AttemptState.Starting } attempt)
        {
            return request;
        }

        var without = request with
        {
            Attempts = [.. request.Attempts.Take(number)],
            CurrentStep = number > 0 ? request.Attempts[number - 1].Step : -1,
            ReservedSpend = attempt.CountedSpend ?? request.ReservedSpend,
        };
        return (send ?? attempt.SendReservedAt) is { } at ? SendTransitions.Keep(without, at) : without;
    }

    /// <summary>The provider took it.</summary>
    public static RequestRecord Placed(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> answer, DateTimeOffset now) =>
        Consumed(request, number, attempt => answer(attempt) with
        {
            State = AttemptState.Placed,
            Status = StatusTable.Apply(attempt.Status, TransportStatus.Sent),
            PlacedAt = now,
            UpdatedAt = now,
        });

    /// <summary>The phone may be ringing; the documents' status for that is SENT.</summary>
    public static RequestRecord Unclear(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> answer, DateTimeOffset now) =>
        Consumed(request, number, attempt => attempt.State == AttemptState.Placed
            ? attempt
            : answer(attempt) with { State = AttemptState.Unclear, Status = StatusTable.Apply(attempt.Status, TransportStatus.Sent), UpdatedAt = now });

    /// <summary>Whoever claimed it never came back with an answer.</summary>
    public static RequestRecord Abandoned(RequestRecord request, int number, DateTimeOffset now) =>
        request.Attempts[number].State == AttemptState.Starting
            ? Unclear(request, number, attempt => attempt with { Reason = "The answer was lost." }, now)
            : request;

    /// <summary>Nothing was sent.</summary>
    public static RequestRecord NotSent(RequestRecord request, int number, PlaceOutcome.NotSent outcome, DateTimeOffset now) =>
        request.Attempts[number].State is AttemptState.Starting or AttemptState.Unclear
            ? Uncharged(request, number, attempt => attempt with
            {
                State = AttemptState.NotSent,
                Status = null,
                Reason = outcome.Reason,
                RetryAt = outcome.Kind == NotSentKind.Busy ? now + (outcome.RetryAfter ?? UsualRetry) : null,
                UpdatedAt = now,
            })
            : request;

    /// <summary>When a provider that says that its rate is used up, and not for how long, is asked again.</summary>
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(1);

    /// <summary>The number is bad: nothing further is tried, and where nothing was placed before, that is the end.</summary>
    public static RequestRecord Rejected(RequestRecord request, int number, string reason, DateTimeOffset now)
    {
        var rejected = Uncharged(request, number, attempt => attempt with
        {
            State = AttemptState.Rejected,
            Status = TransportStatus.Rejected,
            Reason = reason,
            UpdatedAt = now,
        });
        return rejected.AnythingPlaced ? MessageEnd.Settle(rejected, now) : AttemptTransitions.End(rejected, EndEvent.NothingCouldBePlaced, now, reason);
    }

    /// <summary>
    /// A step that may not be sent, and none after it: the end, for a verification only where nothing was placed, since a code that arrived
    /// before still verifies.
    /// </summary>
    public static RequestRecord NotAllowed(RequestRecord request, int step, string reason, DateTimeOffset now)
    {
        var skipped = AttemptTransitions.Add(request, PlacementFactory.Skipped(step, reason, now));
        return skipped switch
        {
            { Verification: null } => AttemptTransitions.Stop(skipped, reason, now),
            { AnythingPlaced: true } => skipped,
            _ => AttemptTransitions.End(skipped, EndEvent.NothingCouldBePlaced, now, reason),
        };
    }

    /// <summary>No step is left: the end, unless something was placed that may yet be answered.</summary>
    public static RequestRecord OutOfSteps(RequestRecord request, DateTimeOffset now) =>
        request.AnythingPlaced || request.EndedAt is not null
            ? MessageEnd.Settle(request, now)
            : AttemptTransitions.End(request, EndEvent.NothingCouldBePlaced, now, LastReason(request));

    private static string LastReason(RequestRecord request) =>
        request.Attempts.LastOrDefault(attempt => attempt.Reason is not null)?.Reason ?? "No provider could take it.";

    /// <summary>Nothing was sent: what was counted for the attempt is there for another, or is given back when the request ends.</summary>
    private static RequestRecord Uncharged(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> change)
    {
        var (charge, send) = (request.Attempts[number].CountedSpend, request.Attempts[number].SendReservedAt);
        return AttemptTransitions.Change(request, number, attempt => Bare(change(attempt))) with
        {
            ReservedSpend = charge ?? request.ReservedSpend,
            UnusedSendReservations = send is { } at ? [.. request.UnusedSendReservations, at] : request.UnusedSendReservations,
        };
    }

    /// <summary>An attempt that rang nowhere: no number's tail is its code.</summary>
    private static AttemptRecord Bare(AttemptRecord attempt) =>
        attempt with { CountedSpend = null, SendReservedAt = null, Caller = null, CallerHash = null, TailHash = null };

    /// <summary>Something was sent: a code that the caller gave is erased.</summary>
    private static RequestRecord Consumed(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> change)
    {
        var after = AttemptTransitions.Change(request, number, change);
        return after.Content.Code is { Given: not null } code
            ? after with { Content = after.Content with { Code = code with { Given = null } } }
            : after;
    }
}
