namespace FlashFunctions.Core.Requests;

/// <summary>
/// What becomes of the sends that were counted against a number's budget: they wait on the request until an attempt takes one, come back when
/// that turns out not to have been sent, and go back to the number once nothing further can be sent.
/// </summary>
public static class SendTransitions
{
    /// <summary>Takes a send off what waits, for an attempt that has it.</summary>
    public static RequestRecord Take(RequestRecord request, long? send) =>
        send is { } at && request.UnusedSendReservations.Contains(at)
            ? request with { UnusedSendReservations = [.. request.UnusedSendReservations.Where(other => other != at)] }
            : request;

    /// <summary>Keeps a send for a later step, unless the request has it already.</summary>
    public static RequestRecord Keep(RequestRecord request, long send) =>
        Has(request, send) ? request : request with { UnusedSendReservations = [.. request.UnusedSendReservations, send] };

    /// <summary>Whether the send waits on the request or belongs to one of its attempts.</summary>
    public static bool Has(RequestRecord request, long send) =>
        request.UnusedSendReservations.Contains(send) || request.Attempts.Any(attempt => attempt.SendReservedAt == send);

    /// <summary>
    /// The sends that a change frees. What waits on a request only grows once nothing further can be sent, so that each is freed by one write alone.
    /// </summary>
    public static IEnumerable<long> Freed(RequestRecord before, RequestRecord after) =>
        IsOver(after) ? after.UnusedSendReservations.Skip(IsOver(before) ? before.UnusedSendReservations.Count : 0) : [];

    private static bool IsOver(RequestRecord request) => request.EndedAt is not null || request.Attempts is [.., { State: AttemptState.Rejected }]
        || (request.CurrentStep >= request.Steps.Count - 1 && request.Attempts is [.., { State: AttemptState.Skipped }]);
}
