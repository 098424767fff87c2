using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Requests;

/// <summary>
/// The transport status of an attempt: (what it is, what is reported) → what it becomes. Reports arrive late, twice and in
/// any order, so the table takes whichever of the two is further along and the result does not depend on the order. A call
/// that rang has rung, whatever else is said of it.
/// </summary>
public static class StatusTable
{
    private static readonly TransportStatus[] Order =
    [
        TransportStatus.Accepted, TransportStatus.Sent, TransportStatus.Ringing, TransportStatus.Undelivered,
        TransportStatus.Rejected, TransportStatus.Delivered, TransportStatus.Read,
    ];

    private static readonly Dictionary<(TransportStatus From, TransportStatus Reported), TransportStatus> Transitions = (
        from was in Order
        from reported in Order
        select (Key: (was, reported), Becomes: Array.IndexOf(Order, reported) > Array.IndexOf(Order, was) ? reported : was))
        .ToDictionary(row => row.Key, row => row.Becomes);

    /// <summary>What an attempt's status becomes when <paramref name="reported"/> comes in.</summary>
    public static TransportStatus Apply(TransportStatus? was, TransportStatus reported) =>
        was is { } status ? Transitions[(status, reported)] : reported;

    /// <summary>Whether nothing but a better report can change it.</summary>
    public static bool IsFinal(TransportStatus? status) =>
        status is TransportStatus.Delivered or TransportStatus.Read or TransportStatus.Undelivered or TransportStatus.Rejected;

    /// <summary>Whether the report says that the phone was not reached, so that the next step may start at once.</summary>
    public static bool IsFailure(TransportStatus? status) => status is TransportStatus.Undelivered or TransportStatus.Rejected;
}
