using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Bird's call statuses.</summary>
internal static class BirdStatuses
{
    private const string Ongoing = "ongoing";
    private const string Completed = "completed";
    private const string Cancelled = "cancelled";

    private static readonly Dictionary<string, TransportStatus> Table = new(StringComparer.OrdinalIgnoreCase)
    {
        ["accepted"] = TransportStatus.Sent,
        ["scheduled"] = TransportStatus.Sent,
        ["starting"] = TransportStatus.Sent,
        ["ringing"] = TransportStatus.Ringing,
        [Ongoing] = TransportStatus.Delivered,
        [Completed] = TransportStatus.Delivered,
        ["no-answer"] = TransportStatus.Delivered,
        ["busy"] = TransportStatus.Delivered,
        ["failed"] = TransportStatus.Undelivered,
        [Cancelled] = TransportStatus.Undelivered,
    };

    /// <summary>The normalised status, or null for one that nobody has documented.</summary>
    /// <param name="status">Bird's word.</param>
    /// <param name="hasRung">A call that was cancelled after it rang, which is how we end one, has been delivered.</param>
    public static TransportStatus? Of(string? status, bool hasRung) =>
        status is null || !Table.TryGetValue(status, out var known) ? null
        : hasRung && IsCancelled(status) ? TransportStatus.Delivered
        : known;

    /// <summary>Whether the call was cancelled, which leaves open whether it had rung.</summary>
    public static bool IsCancelled(string? status) => Cancelled.Equals(status, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the call was answered, not only rang.</summary>
    public static bool IsAnswered(string? status) =>
        Ongoing.Equals(status, StringComparison.OrdinalIgnoreCase) || Completed.Equals(status, StringComparison.OrdinalIgnoreCase);
}
