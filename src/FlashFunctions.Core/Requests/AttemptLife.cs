using System.Diagnostics;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Core.Requests;

public enum AttemptState
{
    /// <summary>Claimed: written before the provider is called. A worker that finds it so does not call again.</summary>
    Starting,

    Placed,

    /// <summary>It is not known whether anything was sent.</summary>
    Unclear,

    /// <summary>Certainly nothing was sent.</summary>
    NotSent,

    Rejected,

    /// <summary>The step was passed over without asking a provider.</summary>
    Skipped,
}

/// <summary>What happens to an attempt once it is claimed.</summary>
public enum AttemptEvent
{
    Accepted,

    /// <summary>The call ended so that the provider may have taken it.</summary>
    Unclear,

    /// <summary>No answer was saved in time: the worker that claimed it may have died.</summary>
    AnswerLost,
    NotSent,

    Rejected,

    Reported,
}

/// <summary>
/// The life of an attempt: claimed before the provider is called, then what the provider's answer, its absence and later reports make of
/// it. Each transition is a function from the record of the request to the next one; the same record means that nothing changes.
/// </summary>
public static class AttemptLife
{
    /// <summary>How many reports on an attempt are kept: few providers make more.</summary>
    public const int MostReports = 5;

    /// <summary>When a provider is asked again that says that its rate is used up, and not for how long.</summary>
    private static readonly TimeSpan UsualRetry = TimeSpan.FromSeconds(1);

    /// <summary>
    /// (state, event) → state; null where the event comes too late to change anything. An event that keeps the state may still add
    /// something to the attempt: its reference, a reason, a status.
    /// </summary>
    public static AttemptState? StateAfter(AttemptState state, AttemptEvent happened) => (state, happened) switch
    {
        (AttemptState.NotSent or AttemptState.Rejected or AttemptState.Skipped, _) => null,
        (_, AttemptEvent.Accepted) => AttemptState.Placed,
        (_, AttemptEvent.Rejected) => AttemptState.Rejected,

        (AttemptState.Starting, AttemptEvent.Unclear or AttemptEvent.AnswerLost) => AttemptState.Unclear,
        (AttemptState.Starting, AttemptEvent.NotSent) => AttemptState.NotSent,
        (AttemptState.Starting, AttemptEvent.Reported) => AttemptState.Starting,

        (AttemptState.Unclear, AttemptEvent.Unclear) => AttemptState.Unclear,
        (AttemptState.Unclear, AttemptEvent.AnswerLost) => null,
        (AttemptState.Unclear, AttemptEvent.NotSent) => AttemptState.NotSent,
        (AttemptState.Unclear, AttemptEvent.Reported) => AttemptState.Placed,

        (AttemptState.Placed, AttemptEvent.Unclear or AttemptEvent.AnswerLost or AttemptEvent.NotSent) => null,
        (AttemptState.Placed, AttemptEvent.Reported) => AttemptState.Placed,

        _ => throw new UnreachableException(),
    };

    /// <summary>
    /// (status, reported status) → status: whichever of the two is further along. Reports come late, twice and in any order; the result
    /// does not depend on it.
    /// </summary>
    public static TransportStatus StatusAfter(TransportStatus? was, TransportStatus reported) =>
        was is { } status && Rank(status) >= Rank(reported) ? status : reported;

    /// <summary>Whether nothing but a better report can change the status.</summary>
    public static bool IsFinal(TransportStatus? status) =>
        status is TransportStatus.Delivered or TransportStatus.Read or TransportStatus.Undelivered or TransportStatus.Rejected;

    /// <summary>Whether the status says that the phone was not reached, so that the next step may start at once.</summary>
    public static bool IsFailure(TransportStatus? status) => status is TransportStatus.Undelivered or TransportStatus.Rejected;

    /// <summary>
    /// Whether an attempt meets the condition of its step. A flash call that was answered does not count as delivered: a screening service
    /// or voicemail may have taken it, so that nobody saw its number.
    /// </summary>
    public static bool IsMetBy(this WorkflowStep step, AttemptRecord attempt) => step.Condition switch
    {
        StepCondition.Delivered => attempt.Status is TransportStatus.Delivered or TransportStatus.Read
            && !(step.Channel == Channel.Call && attempt.WasAnswered),
        StepCondition.Read => attempt.Status is TransportStatus.Read,
        _ => false,
    };

    /// <summary>Claims an attempt. It becomes the current step's and takes over what was reserved and belongs to no attempt yet.</summary>
    public static RequestRecord Claim(RequestRecord request, AttemptRecord attempt)
    {
        long? send = request is { UnusedSendReservations: [var unused, ..] } ? unused : null;
        var spend = request.ReservedSpend is { } reserved && attempt.Provider is { } provider
            ? reserved with { Provider = provider }
            : null;
        var claimed = Add(SendReservations.Use(request, send), attempt with { SendReservedAt = send, CountedSpend = spend });
        return claimed with { ReservedSpend = null };
    }

    public static RequestRecord Skip(RequestRecord request, int step, string reason, DateTimeOffset now) => Add(request, new AttemptRecord
    {
        Step = step,
        State = AttemptState.Skipped,
        StartedAt = now,
        Wait = TimeSpan.Zero,
        Reason = reason,
    });

    /// <summary>Notes what was counted for a claimed attempt.</summary>
    public static RequestRecord Reserve(RequestRecord request, int number, long? send, SpendReservation? spend) =>
        Change(request, number, attempt => attempt with { SendReservedAt = send, CountedSpend = spend });

    /// <summary>
    /// Removes a claim whose provider was not called; what was counted for it is reserved for another attempt, and so is
    /// <paramref name="send"/>, when a send was counted that is not on the record yet.
    /// </summary>
    public static RequestRecord Withdraw(RequestRecord request, int number, long? send)
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
        return (send ?? attempt.SendReservedAt) is { } at ? SendReservations.Keep(without, at) : without;
    }

    public static RequestRecord Accepted(
        RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> answer, DateTimeOffset now) =>
        MayBeSent(request, number, AttemptEvent.Accepted, attempt => answer(attempt) with { PlacedAt = now }, now);

    /// <summary>The phone may be ringing; the API's status for that is SENT.</summary>
    public static RequestRecord Unclear(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> answer, DateTimeOffset now) =>
        MayBeSent(request, number, AttemptEvent.Unclear, answer, now);

    /// <summary>The worker that claimed it saved no answer.</summary>
    public static RequestRecord AnswerLost(RequestRecord request, int number, DateTimeOffset now) =>
        MayBeSent(request, number, AttemptEvent.AnswerLost, attempt => attempt with { Reason = "The answer was lost." }, now);

    public static RequestRecord NotSent(RequestRecord request, int number, PlaceOutcome.NotSent outcome, DateTimeOffset now) =>
        ReleaseAndApply(request, number, AttemptEvent.NotSent, attempt => attempt with
        {
            Status = null,
            Reason = outcome.Reason,
            RetryAt = outcome.Kind == NotSentKind.Busy ? now + (outcome.RetryAfter ?? UsualRetry) : null,
            UpdatedAt = now,
        });

    /// <summary>The number is bad: nothing further is tried, and where nothing was placed before, the request ends.</summary>
    public static RequestRecord Rejected(RequestRecord request, int number, string reason, DateTimeOffset now)
    {
        var rejected = ReleaseAndApply(request, number, AttemptEvent.Rejected, attempt => attempt with
        {
            Status = TransportStatus.Rejected,
            Reason = reason,
            UpdatedAt = now,
        });
        return rejected.AnythingPlaced
            ? RequestLife.EndIfDone(rejected, now)
            : RequestLife.End(rejected, EndEvent.NothingCouldBePlaced, now, reason);
    }

    /// <summary>
    /// The provider reported a status. A report without a known status, of no attempt, or of another call of the provider changes nothing.
    /// </summary>
    public static RequestRecord Reported(RequestRecord request, int number, ProviderEvent reported, DateTimeOffset now)
    {
        if (reported.Status is not { } named
            || number >= request.Attempts.Count
            || StateAfter(request.Attempts[number].State, AttemptEvent.Reported) is null
            || (request.Attempts[number].Reference is { } known && reported.Reference is { } other && known != other))
        {
            return request;
        }

        var isVerified = UpstreamVerdicts.AllOf(request).Contains(UpstreamVerdict.Verified);
        var isCall = request.Steps[request.Attempts[number].Step].Channel.IsCall();
        var status = (isCall ? reported.OfCall : reported.OfMessage) ?? named;
        var after = Change(request, number, attempt => WithReport(attempt, reported, status, isVerified, isCall, now));
        return RequestLife.EndIfDone(
            reported.MccMnc is null || reported.MccMnc == after.MccMnc ? after : after with { MccMnc = reported.MccMnc }, now);
    }

    /// <summary>The same for a report that comes by itself, by which time a verification may have expired.</summary>
    public static RequestRecord TakeReport(RequestRecord request, int number, ProviderEvent reported, DateTimeOffset now) =>
        Reported(RequestLife.ExpireVerificationIfDue(request, now), number, reported, now);

    /// <summary>Adds an attempt; its step becomes the current one.</summary>
    public static RequestRecord Add(RequestRecord request, AttemptRecord attempt) =>
        request with { CurrentStep = attempt.Step, Attempts = [.. request.Attempts, attempt] };

    internal static RequestRecord Change(RequestRecord request, int number, Func<AttemptRecord, AttemptRecord> change)
    {
        var attempt = request.Attempts[number];
        var after = change(attempt);
        if (after == attempt)
        {
            return request;
        }

        return request with { Attempts = [.. request.Attempts.Take(number), after, .. request.Attempts.Skip(number + 1)] };
    }

    private static RequestRecord Apply(
        RequestRecord request, int number, AttemptEvent happened, Func<AttemptRecord, AttemptRecord> change) =>
        StateAfter(request.Attempts[number].State, happened) is { } state
            ? Change(request, number, attempt => change(attempt) with { State = state })
            : request;

    /// <summary>Something may have been sent: a code that the caller gave is no longer needed.</summary>
    private static RequestRecord MayBeSent(
        RequestRecord request, int number, AttemptEvent happened, Func<AttemptRecord, AttemptRecord> answer, DateTimeOffset now)
    {
        var after = Apply(request, number, happened, attempt => answer(attempt) with
        {
            Status = StatusAfter(attempt.Status, TransportStatus.Sent),
            UpdatedAt = now,
        });
        return !ReferenceEquals(after, request) && after.Content.Code is { Given: not null } code
            ? after with { Content = after.Content with { Code = code with { Given = null } } }
            : after;
    }

    /// <summary>
    /// Nothing was sent: what was counted for the attempt is reserved for another one, or released when the request ends. It rang nowhere,
    /// so that no number's tail is its code.
    /// </summary>
    private static RequestRecord ReleaseAndApply(
        RequestRecord request, int number, AttemptEvent happened, Func<AttemptRecord, AttemptRecord> change)
    {
        var (spend, send) = (request.Attempts[number].CountedSpend, request.Attempts[number].SendReservedAt);
        var after = Apply(request, number, happened, attempt =>
            change(attempt) with { CountedSpend = null, SendReservedAt = null, Caller = null, CallerHash = null, TailHash = null });
        return ReferenceEquals(after, request) ? request : after with
        {
            ReservedSpend = spend ?? request.ReservedSpend,
            UnusedSendReservations = send is { } at ? [.. request.UnusedSendReservations, at] : request.UnusedSendReservations,
        };
    }

    /// <summary>A call that rang was delivered, even where its cancellation is reported before or after that.</summary>
    private static AttemptRecord WithReport(
        AttemptRecord attempt, ProviderEvent reported, TransportStatus status, bool isVerified, bool isCall, DateTimeOffset now)
    {
        var call = CallDetails.Merge(attempt.Call, reported.Call);
        var cancelled = attempt.WasCancelled || reported.IsCancellation;
        var hadRung = isVerified
            || attempt.Status == TransportStatus.Ringing
            || status == TransportStatus.Ringing
            || call?.RingStartedAt is not null;
        var further = StatusAfter(attempt.Status, status);
        var after = attempt with
        {
            Status = cancelled && hadRung && further == TransportStatus.Undelivered ? TransportStatus.Delivered : further,

            // A delegated attempt's reference is what its codes are checked by: only the provider's answer names it.
            Reference = attempt.Reference ?? (attempt.IsDelegated ? null : reported.Reference),
            Call = call,
            WasCancelled = cancelled,
            WasAnswered = attempt.WasAnswered || reported.Outcome == CallOutcome.Answered || call?.AnsweredAt is not null,
            Outcome = isCall ? Further(attempt.Outcome, OutcomeOf(reported, status, call, cancelled && hadRung)) : null,
        };
        return after == attempt ? attempt : after with
        {
            UpdatedAt = now,
            State = StateAfter(attempt.State, AttemptEvent.Reported) ?? attempt.State,
            Reports = attempt.Reports is { Count: >= MostReports }
                ? attempt.Reports
                : [.. attempt.Reports ?? [], new StatusReport(now.ToUnixTimeMilliseconds(), status, reported.RawStatus)],
        };
    }

    /// <summary>What a report says of a call. A cancellation says nothing of one that had not rung.</summary>
    private static CallOutcome? OutcomeOf(ProviderEvent reported, TransportStatus status, CallDetails? call, bool cancelledAfterRinging)
    {
        if (call?.AnsweredAt is not null)
        {
            return CallOutcome.Answered;
        }

        var rang = cancelledAfterRinging || call?.RingStartedAt is not null;
        return Further(reported.Outcome, status switch
        {
            TransportStatus.Ringing or TransportStatus.Delivered or TransportStatus.Read => CallOutcome.Rang,
            _ when rang => CallOutcome.Rang,
            TransportStatus.Undelivered when !reported.IsCancellation => CallOutcome.Unreachable,
            TransportStatus.Rejected => CallOutcome.Refused,
            _ => null,
        });
    }

    private static CallOutcome? Further(CallOutcome? one, CallOutcome? other) => one > other || other is null ? one : other;

    private static int Rank(TransportStatus status) => status switch
    {
        TransportStatus.Accepted => 0,
        TransportStatus.Sent => 1,
        TransportStatus.Ringing => 2,
        TransportStatus.Undelivered => 3,
        TransportStatus.Rejected => 4,
        TransportStatus.Delivered => 5,
        TransportStatus.Read => 6,
        _ => throw new UnreachableException(),
    };
}

/// <summary>
/// The sends that were counted against a number's budget: reserved on the request until an attempt uses one, reserved again where that
/// turns out not to have been sent, and released to the number once nothing further can be sent.
/// </summary>
public static class SendReservations
{
    public static RequestRecord Use(RequestRecord request, long? send) =>
        send is { } at && request.UnusedSendReservations.Contains(at)
            ? request with { UnusedSendReservations = [.. request.UnusedSendReservations.Where(other => other != at)] }
            : request;

    /// <summary>Reserves a send for a later step, unless the request has it already.</summary>
    public static RequestRecord Keep(RequestRecord request, long send) =>
        Has(request, send) ? request : request with { UnusedSendReservations = [.. request.UnusedSendReservations, send] };

    /// <summary>Whether the send is reserved on the request or belongs to one of its attempts.</summary>
    public static bool Has(RequestRecord request, long send) =>
        request.UnusedSendReservations.Contains(send) || request.Attempts.Any(attempt => attempt.SendReservedAt == send);

    /// <summary>
    /// The sends that a change releases. Once nothing further can be sent the reservations of a request only grow, so that exactly one
    /// write releases each.
    /// </summary>
    public static IEnumerable<long> Released(RequestRecord before, RequestRecord after) =>
        IsNothingFurtherSent(after)
            ? after.UnusedSendReservations.Skip(IsNothingFurtherSent(before) ? before.UnusedSendReservations.Count : 0)
            : [];

    private static bool IsNothingFurtherSent(RequestRecord request) =>
        request.EndedAt is not null
        || request.Attempts is [.., { State: AttemptState.Rejected }]
        || (request.CurrentStep >= request.Steps.Count - 1 && request.Attempts is [.., { State: AttemptState.Skipped }]);
}
