using System.Collections.Concurrent;
using FlashFunctions.Simulator.Behaviours;

namespace FlashFunctions.Simulator.Http;

/// <summary>How a whole provider behaves, whoever is called.</summary>
public enum ProviderMode
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
    private readonly ConcurrentDictionary<string, ProviderMode> _modes = new(StringComparer.OrdinalIgnoreCase);

    public ProviderMode Of(string provider) => _modes.GetValueOrDefault(provider);

    public void Set(string provider, ProviderMode mode) => _modes[provider] = mode;

    /// <summary>The refusal that a mode means; none for those that are no refusals.</summary>
    public static Refusal RefusalOf(ProviderMode mode) => mode switch
    {
        ProviderMode.Unavailable => Refusal.Unavailable,
        ProviderMode.UnavailableRetryAfter => Refusal.UnavailableRetryAfter,
        ProviderMode.TooManyRequests => Refusal.TooManyRequestsRetryAfter,
        ProviderMode.ServerError => Refusal.ServerError,
        ProviderMode.BadGateway => Refusal.BadGatewayPage,
        ProviderMode.Unauthorized => Refusal.AuthenticationRequired,
        ProviderMode.Reset => Refusal.Reset,
        _ => Refusal.None,
    };

    /// <summary>A mode by its name or by the word that the control endpoint takes.</summary>
    public static ProviderMode? Parse(string word) => word switch
    {
        "refuse" => ProviderMode.Refuse,
        "503" => ProviderMode.Unavailable,
        "503-retry-after" => ProviderMode.UnavailableRetryAfter,
        "429" => ProviderMode.TooManyRequests,
        "500" => ProviderMode.ServerError,
        "502" => ProviderMode.BadGateway,
        "401" => ProviderMode.Unauthorized,
        _ => !char.IsAsciiDigit(word.FirstOrDefault()) && Enum.TryParse<ProviderMode>(word, ignoreCase: true, out var mode) ? mode : null,
    };
}
