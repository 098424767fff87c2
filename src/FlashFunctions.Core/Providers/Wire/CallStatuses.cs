using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>The call statuses of Unibell's document, which Lanck's callbacks use too.</summary>
internal static class CallStatuses
{
    private const string Answered = "ANSWERED";

    // Assumed: the document's table leaves the cells of all but ANSWERED and REJECTED empty; each is read as merged with the one above.
    private static readonly Dictionary<string, TransportStatus> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        [Answered] = TransportStatus.Delivered,
        ["TERMINATED"] = TransportStatus.Delivered,
        ["BUSY_HERE"] = TransportStatus.Delivered,
        ["REJECTED"] = TransportStatus.Undelivered,
        ["UNAVAILABLE"] = TransportStatus.Undelivered,
        ["FORBIDDEN"] = TransportStatus.Undelivered,
    };

    public static TransportStatus? Of(string? status) => status is not null && Table.TryGetValue(status, out var known) ? known : null;

    /// <summary>Whether the call was answered, not only rang.</summary>
    public static bool IsAnswered(string? status) => Answered.Equals(status, StringComparison.OrdinalIgnoreCase);
}
