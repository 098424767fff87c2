using System.Text;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>An upstream request as a provider saw it, without the values of its credentials.</summary>
public sealed class SimulatedRequest
{
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="SimulatedProviders.All"/>.</summary>
    public required string Provider { get; init; }

    public required string Method { get; init; }

    /// <summary>Path below the provider's base address.</summary>
    public required string Path { get; init; }

    /// <summary>Query with credentials left out, or empty.</summary>
    public required string Query { get; init; }

    /// <summary>Headers by name; credentials are left out.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The scheme of the credentials that were sent, or null.</summary>
    public required string? Scheme { get; init; }

    /// <summary>The credentials were part of the address, which ends up in logs.</summary>
    public required bool CredentialsInAddress { get; init; }

    /// <summary>Whether the credentials were right; null where the request was not looked at.</summary>
    public bool? CredentialsRight { get; internal set; }

    /// <summary>The HTTP status that was answered; null while it is open and where the connection was cut.</summary>
    public int? Status { get; internal set; }

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(RawBody.Span);

    [JsonIgnore]
    public ReadOnlyMemory<byte> RawBody { get; internal set; }
}
