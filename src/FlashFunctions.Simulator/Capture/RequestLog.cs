using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Simulator;

/// <summary>The last upstream requests, stripped of credentials.</summary>
internal sealed class RequestLog(int capacity, TimeProvider time)
{
    private const string QueryCredentials = "X-Authorization";
    private static readonly string[] Hidden = ["Authorization", QueryCredentials];
    private readonly Ring<SimulatedRequest> _requests = new(capacity);

    public IReadOnlyList<SimulatedRequest> Snapshot() => _requests.Snapshot();

    public void Clear() => _requests.Clear();

    /// <summary>Begins an entry; null when nothing is captured.</summary>
    public SimulatedRequest? Capture(string provider, HttpRequest request)
    {
        if (capacity <= 0)
            return null;
        var captured = new SimulatedRequest
        {
            At = time.GetUtcNow(),
            Provider = provider,
            Method = request.Method,
            Path = Below(provider, request.Path.Value ?? ""),
            Query = Shown(request.Query),
            Headers = request.Headers.Where(header => !Hidden.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            Scheme = Scheme(request),
            CredentialsInAddress = request.Query.ContainsKey(QueryCredentials),
        };
        _requests.Add(captured);
        return captured;
    }

    private static string Below(string provider, string path)
    {
        var prefix = "/" + provider;
        return path.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) ? path[prefix.Length..] : path;
    }

    private static string Shown(IQueryCollection query)
    {
        if (query.Count == 0)
            return "";
        var shown = query.Where(item => !Hidden.Contains(item.Key, StringComparer.OrdinalIgnoreCase)).Select(item => $"{item.Key}={item.Value}");
        return string.Join('&', shown);
    }

    private static string? Scheme(HttpRequest request)
    {
        var header = request.Headers[QueryCredentials] is [{ } own] ? own : request.Headers.Authorization.ToString();
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 ? header[..space] : null;
    }
}
