using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Revicom's events. Assumed, but for the two that the document names: sent and delivered.</summary>
internal static class RevicomStatuses
{
    private static readonly Dictionary<string, TransportStatus> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sent"] = TransportStatus.Sent,
        ["delivered"] = TransportStatus.Delivered,
        ["read"] = TransportStatus.Delivered,
        ["undelivered"] = TransportStatus.Undelivered,
        ["expired"] = TransportStatus.Undelivered,
        ["failed"] = TransportStatus.Undelivered,
        ["rejected"] = TransportStatus.Rejected,
    };

    public static TransportStatus? Of(string? status) => status is not null && Table.TryGetValue(status, out var known) ? known : null;
}
