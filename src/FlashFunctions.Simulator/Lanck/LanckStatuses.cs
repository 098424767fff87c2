namespace FlashFunctions.Simulator;

/// <summary>What Lanck reports, in order: the documented transport statuses for messages, call statuses for calls.</summary>
internal static class LanckStatuses
{
    public const string Sent = "SENT";
    public const string Delivered = "DELIVERED";
    public const string Read = "READ";
    public const string Undelivered = "UNDELIVERED";
    public const string Rejected = "REJECTED";

    public static string[] Of(SimulatedCallKind kind, SimulatedOutcome fate) => kind switch
    {
        SimulatedCallKind.FlashCall => OfCall(fate.For(kind), usual: "TERMINATED"),
        SimulatedCallKind.SpokenCall => OfCall(fate.For(kind), usual: "ANSWERED"),
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

    private static string[] OfCall(SimulatedOutcome fate, string usual) => fate switch
    {
        SimulatedOutcome.Answered => [Sent, "ANSWERED"],
        SimulatedOutcome.NobodyThere => [Sent, "TERMINATED"],
        SimulatedOutcome.Declined => [Sent, "BUSY_HERE"],
        SimulatedOutcome.Rejected => [Sent, Rejected],
        SimulatedOutcome.Unreachable => [Sent, "UNAVAILABLE"],
        SimulatedOutcome.Forbidden => [Sent, "FORBIDDEN"],
        SimulatedOutcome.Unfinished => [Sent],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => [Sent, usual, "UNAVAILABLE"],
        _ => [Sent, usual],
    };

    private static string[] OfMessage(SimulatedOutcome fate) => fate switch
    {
        SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => [Rejected],
        SimulatedOutcome.Unreachable => [Sent, Undelivered],
        SimulatedOutcome.Unfinished => [Sent],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Read => [Sent, Delivered, Read],
        SimulatedOutcome.Contradicted => [Sent, Delivered, Undelivered],
        _ => [Sent, Delivered],
    };
}
