namespace FlashFunctions.Simulator;

/// <summary>Failures that look alike at every provider.</summary>
internal static class Failures
{
    public static Reply ServerError { get; } = new(500, """{"message":"Internal server error"}"""u8.ToArray());

    public static Reply BadGateway { get; } = new(502, "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"u8.ToArray(), "text/html");

    public static Reply Unavailable { get; } = new(503, """{"message":"Service unavailable"}"""u8.ToArray());

    /// <summary>The answer to a refusal that does not depend on the provider, or null.</summary>
    public static Reply? Of(SimulatedRefusal refusal) => refusal switch
    {
        SimulatedRefusal.ServerError => ServerError,
        SimulatedRefusal.BadGatewayPage => BadGateway,
        SimulatedRefusal.Unavailable => Unavailable,
        SimulatedRefusal.UnavailableRetryAfter => Unavailable with { RetryAfter = 1 },
        SimulatedRefusal.UnavailableForLong => Unavailable with { RetryAfter = 120 },
        SimulatedRefusal.Reset => Reply.Reset,
        _ => null,
    };
}
