using System.Collections.Concurrent;

namespace FlashFunctions.Simulator;

/// <summary>How a whole provider behaves, whoever is called.</summary>
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

    /// <summary>401 to everybody.</summary>
    Unauthorized,

    /// <summary>No answer, nothing placed.</summary>
    Hang,

    /// <summary>It does what it is asked, and its answers cannot be read.</summary>
    Malformed,

    /// <summary>The connection is reset when the request has been read, nothing placed.</summary>
    Reset,
}

/// <summary>The modes that were set.</summary>
internal sealed class Outages
{
    private readonly ConcurrentDictionary<string, SimulatedMode> _modes = new(StringComparer.OrdinalIgnoreCase);

    public SimulatedMode Of(string provider) => _modes.GetValueOrDefault(provider);

    public void Set(string provider, SimulatedMode mode) => _modes[provider] = mode;

    /// <summary>The refusal that a mode means; none for those that are no refusals.</summary>
    public static SimulatedRefusal RefusalOf(SimulatedMode mode) => mode switch
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

    /// <summary>A mode by its name or by the word that the control endpoint takes.</summary>
    public static SimulatedMode? Parse(string word) => word switch
    {
        "refuse" => SimulatedMode.Refuse,
        "503" => SimulatedMode.Unavailable,
        "503-retry-after" => SimulatedMode.UnavailableRetryAfter,
        "429" => SimulatedMode.TooManyRequests,
        "500" => SimulatedMode.ServerError,
        "502" => SimulatedMode.BadGateway,
        "401" => SimulatedMode.Unauthorized,
        _ => !char.IsAsciiDigit(word.FirstOrDefault()) && Enum.TryParse<SimulatedMode>(word, ignoreCase: true, out var mode) ? mode : null,
    };
}
