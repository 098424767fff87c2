using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>
/// How long a step without a wait of its own waits on a provider before the next one starts: as long as 95 of 100 verified numbers there
/// took. It is learned only from a tenth of the requests, chosen by their ids, which keep the default wait, since a short wait would prove
/// itself right.
/// </summary>
public sealed class LearnedWaits
{
    /// <summary>Durations from which on a wait is learned.</summary>
    private const int Enough = 40;

    private const double Share = 0.95;
    private const double HeldOut = 0.1;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(10);

    private readonly Dictionary<RouteKey, SecondsHistogram> _routes = [];

    /// <summary>Nothing is known.</summary>
    public static LearnedWaits Nothing { get; } = new([]);

    /// <summary>Takes the durations of each route, and those of its provider in the country together.</summary>
    public LearnedWaits(IEnumerable<KeyValuePair<RouteKey, SecondsHistogram>> durations)
    {
        foreach (var (route, seconds) in durations)
        {
            Add(route, seconds);
            if (route.Operator.Length > 0)
            {
                Add(route with { Operator = "" }, seconds);
            }
        }
    }

    /// <summary>Whether a request keeps the default waits, so that others learn from it.</summary>
    public static bool KeepsDefault(string requestId) => new RouteDraws(SeedOf(requestId, "wait")).Next() < HeldOut;

    /// <summary>A seed for what is drawn for a request.</summary>
    public static ulong SeedOf(string requestId, string purpose)
    {
        var hash = 14_695_981_039_346_656_037UL; // FNV-1a.
        foreach (var character in requestId + purpose)
        {
            hash = (hash ^ character) * 1_099_511_628_211UL;
        }

        return hash;
    }

    /// <summary>
    /// The wait on a route, from 10 s, or what the provider asks for if that is longer, to the default; null where too little is known.
    /// </summary>
    public TimeSpan? For(RouteKey route, Capability capability)
    {
        var known = Enoughs(route) ?? Enoughs(route with { Operator = "" });
        if (known?.Quantile(Share) is not { } wait)
        {
            return null;
        }

        var least = capability.LeastWait > Least ? capability.LeastWait : Least;
        wait = wait < least ? least : wait;
        return wait < capability.DefaultWait ? TimeSpan.FromSeconds(Math.Ceiling(wait.TotalSeconds)) : capability.DefaultWait;
    }

    private SecondsHistogram? Enoughs(RouteKey route) => _routes.GetValueOrDefault(route) is { Count: >= Enough } seconds ? seconds : null;

    private void Add(RouteKey route, SecondsHistogram seconds)
    {
        if (!_routes.TryGetValue(route, out var all))
        {
            _routes[route] = all = new SecondsHistogram();
        }

        all.Add(seconds);
    }
}
