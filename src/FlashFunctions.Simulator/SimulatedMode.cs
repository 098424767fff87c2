namespace FlashFunctions.Simulator;

/// <summary>How a whole provider behaves, whatever number is called.</summary>
public enum SimulatedMode
{
    /// <summary>As documented.</summary>
    Up,

    /// <summary>A port of the provider's own refuses connections; on the common port they are cut before the request is read.</summary>
    Refuse,

    /// <summary>503 without Retry-After.</summary>
    Unavailable,

    /// <summary>503 with Retry-After: 1.</summary>
    UnavailableRetryAfter,

    /// <summary>429 with Retry-After: 1.</summary>
    TooManyRequests,

    /// <summary>500.</summary>
    ServerError,

    /// <summary>502 with an HTML page.</summary>
    BadGateway,

    /// <summary>401, whatever the credentials.</summary>
    Unauthorized,

    /// <summary>No answer, nothing placed.</summary>
    Hang,

    /// <summary>Requests are carried out, and the answers cannot be read.</summary>
    Malformed,

    /// <summary>The connection is reset when the request has been read, nothing placed.</summary>
    Reset,

    /// <summary>Requests are carried out, and the answers are slow.</summary>
    Slow,
}

/// <summary>What a mode means, and how the control endpoint names it.</summary>
internal static class SimulatedModes
{
    /// <summary>The refusal with which every request is answered; none for modes that do not refuse.</summary>
    public static SimulatedRefusal Refusal(this SimulatedMode mode) => mode switch
    {
        SimulatedMode.Unavailable => SimulatedRefusal.Unavailable,
        SimulatedMode.UnavailableRetryAfter => SimulatedRefusal.UnavailableRetryAfter,
        SimulatedMode.TooManyRequests => SimulatedRefusal.TooManyRequestsRetryAfter,
        SimulatedMode.ServerError => SimulatedRefusal.ServerError,
        SimulatedMode.BadGateway => SimulatedRefusal.BadGatewayPage,
        SimulatedMode.Unauthorized => SimulatedRefusal.AuthenticationRequired,
        SimulatedMode.Reset => SimulatedRefusal.Reset,
        _ => SimulatedRefusal.None,
    };

    /// <summary>A mode by its own name or by the status that it answers; null for an unknown one.</summary>
    public static SimulatedMode? Parse(string name) => name switch
    {
        "503" => SimulatedMode.Unavailable,
        "503-retry-after" => SimulatedMode.UnavailableRetryAfter,
        "429" => SimulatedMode.TooManyRequests,
        "500" => SimulatedMode.ServerError,
        "502" => SimulatedMode.BadGateway,
        "401" => SimulatedMode.Unauthorized,
        _ => !char.IsAsciiDigit(name.FirstOrDefault()) && Enum.TryParse<SimulatedMode>(name, ignoreCase: true, out var mode) ? mode : null,
    };
}
