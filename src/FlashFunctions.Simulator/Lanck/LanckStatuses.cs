using FlashFunctions.Simulator.Behaviours;
using FlashFunctions.Simulator.Phones;

namespace FlashFunctions.Simulator.Lanck;

/// <summary>What Lanck reports, in order: the documented transport statuses for messages, call statuses for calls.</summary>
internal static class LanckStatuses
{
    public const string Sent = "SENT";
    public const string Delivered = "DELIVERED";
    public const string Read = "READ";
    public const string Undelivered = "UNDELIVERED";
    public const string Rejected = "REJECTED";

    public static string[] Of(PlacedKind kind, Fate fate) => kind switch
    {
        PlacedKind.FlashCall => OfCall(fate.For(kind), usual: "TERMINATED"),
        PlacedKind.SpokenCall => OfCall(fate.For(kind), usual: "ANSWERED"),
        _ => OfMessage(fate.For(kind)),
    };

    public static int? SipStatus(string status) => status switch
    {
        "ANSWERED" => 200,
        "TERMINATED" => 487,
        "BUSY_HERE" => 486,
        "REJECTED" => 603,
        "UNAVAILABLE" => 480,
        "FORBIDDEN" => 403,
        _ => null,
    };

    private static string[] OfCall(Fate fate, string usual) => fate switch
    {
        Fate.Answered => [Sent, "ANSWERED"],
        Fate.NobodyThere => [Sent, "TERMINATED"],
        Fate.Declined => [Sent, "BUSY_HERE"],
        Fate.Rejected => [Sent, Rejected],
        Fate.Unreachable => [Sent, "UNAVAILABLE"],
        Fate.Forbidden => [Sent, "FORBIDDEN"],
        Fate.Unfinished => [Sent],
        Fate.Swallowed => [],
        Fate.Contradicted => [Sent, usual, "UNAVAILABLE"],
        _ => [Sent, usual],
    };

    private static string[] OfMessage(Fate fate) => fate switch
    {
        Fate.Rejected or Fate.Forbidden => [Rejected],
        Fate.Unreachable => [Sent, Undelivered],
        Fate.Unfinished => [Sent],
        Fate.Swallowed => [],
        Fate.Read => [Sent, Delivered, Read],
        Fate.Contradicted => [Sent, Delivered, Undelivered],
        _ => [Sent, Delivered],
    };
}
