using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck's statuses: of a message as named, of a call as the call statuses say, which differ for REJECTED.</summary>
internal static class LanckStatuses
{
    private static readonly Dictionary<string, TransportStatus> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["SENT"] = TransportStatus.Sent,
        ["DELIVERED"] = TransportStatus.Delivered,
        ["UNDELIVERED"] = TransportStatus.Undelivered,
        ["REJECTED"] = TransportStatus.Rejected,

        // Assumed: the failover flow waits for “read”, so there is such a status.
        ["READ"] = TransportStatus.Read,
    };

    public static TransportStatus? Of(string? status, bool isCall) => isCall
        ? CallStatuses.Of(status) ?? Named(status)
        : Named(status) ?? CallStatuses.Of(status);

    private static TransportStatus? Named(string? status) => status is not null && Table.TryGetValue(status, out var known) ? known : null;
}
