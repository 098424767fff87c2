using System.Text;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>A request as a simulated provider received it, without the values of its credentials.</summary>
public sealed class SimulatedRequest
{
    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="SimulatedProviders.All"/>.</summary>
    public required string Provider { get; init; }

    public required string Method { get; init; }

    /// <summary>Path below the provider's base address.</summary>
    public required string Path { get; init; }

    /// <summary>Query without credentials, or empty.</summary>
    public required string Query { get; init; }

    /// <summary>Headers by name, without credentials.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The scheme of the credentials that were sent, or null.</summary>
    public required string? Scheme { get; init; }

    /// <summary>True where the credentials were part of the address, which ends up in logs.</summary>
    public required bool CredentialsInAddress { get; init; }

    /// <summary>Whether the credentials were right; null where they were not checked.</summary>
    public bool? CredentialsRight { get; internal set; }

    /// <summary>The HTTP status that was answered; null until then and where the connection was cut.</summary>
    public int? Status { get; internal set; }

    /// <summary>The body as text.</summary>
    public string Body => Encoding.UTF8.GetString(RawBody.Span);

    [JsonIgnore]
    public ReadOnlyMemory<byte> RawBody { get; internal set; }
}

/// <summary>The last requests to the simulated providers.</summary>
internal sealed class SimulatedRequests(int capacity, TimeProvider time)
{
    private const string QueryCredentials = "X-Authorization";
    private static readonly string[] Hidden = ["Authorization", QueryCredentials];
    private readonly BoundedList<SimulatedRequest> _requests = new(capacity);

    public IReadOnlyList<SimulatedRequest> Snapshot() => _requests.Snapshot();

    public void Clear() => _requests.Clear();

    /// <summary>Records a request, whose body and answer are added later; null when the limit is 0.</summary>
    public SimulatedRequest? Capture(string provider, HttpRequest request)
    {
        if (capacity <= 0)
        {
            return null;
        }

        var path = request.Path.Value ?? "";
        var prefix = "/" + provider;
        var captured = new SimulatedRequest
        {
            At = time.GetUtcNow(),
            Provider = provider,
            Method = request.Method,
            Path = path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : path,
            Query = string.Join('&', request.Query.Where(item => !IsHidden(item.Key)).Select(item => $"{item.Key}={item.Value}")),
            Headers = request.Headers.Where(header => !IsHidden(header.Key))
                .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Scheme = SchemeOf(request),
            CredentialsInAddress = request.Query.ContainsKey(QueryCredentials),
        };
        _requests.Add(captured);
        return captured;
    }

    private static bool IsHidden(string name) => Hidden.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string? SchemeOf(HttpRequest request)
    {
        var header = request.Headers[QueryCredentials] is [{ } own] ? own : request.Headers.Authorization.ToString();
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 ? header[..space] : null;
    }
}
