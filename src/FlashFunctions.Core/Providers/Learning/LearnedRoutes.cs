using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>
/// What is believed of a route: a Beta distribution of “a sent attempt is verified”, made of a prior and of what the route itself has
/// shown, weighed by its age.
/// </summary>
/// <param name="Known">Attempts whose outcome is known, weighed.</param>
/// <param name="Verified">Those whose code was entered, weighed.</param>
/// <param name="Changed">The minute from which on it is judged, where its conversion changed; 0: it did not.</param>
/// <param name="IsTried">Enough is known of its provider's attempts by this method, anywhere, to tell it from others.</param>
public sealed record RouteBelief(double Prior, double Known, double Verified, long Changed = 0, bool IsTried = false)
{
    /// <summary>How many attempts of its own outweigh the prior.</summary>
    public const double PriorWeight = 30;

    private const double Sigmas = 1.96;

    public double Alpha => (PriorWeight * Prior) + Verified;

    public double Beta => (PriorWeight * (1 - Prior)) + Known - Verified;

    /// <summary>The expected conversion, 0 to 1.</summary>
    public double Mean => Alpha / (Alpha + Beta);

    /// <summary>The lower end of the 95 % interval (Wilson).</summary>
    public double Low => Math.Max(0, Centre - Width);

    /// <summary>Its upper end.</summary>
    public double High => Math.Min(1, Centre + Width);

    private double Weight => Alpha + Beta;

    private double Centre => (Mean + (Sigmas * Sigmas / (2 * Weight))) / (1 + (Sigmas * Sigmas / Weight));

    private double Width =>
        Sigmas * Math.Sqrt((Mean * (1 - Mean) / Weight) + (Sigmas * Sigmas / (4 * Weight * Weight))) / (1 + (Sigmas * Sigmas / Weight));
}

/// <summary>
/// Beliefs about every route at one moment, from their evidence. The prior of a route is its parent's: how its provider does in the
/// country, and that, how it does everywhere, each in proportion to what the providers together reach with the same operators' numbers; so
/// a provider that serves difficult operators is not thought bad, and one that serves easy ones not good.
/// </summary>
public sealed class LearnedRoutes
{
    /// <summary>Expected verified attempts that outweigh the parent's proportion.</summary>
    private const double ProportionWeight = 20;

    /// <summary>
    /// A provider that nothing is known of is thought this much of those in use, so that chance alone does not lead to it.
    /// </summary>
    private const double Untried = 0.9;

    /// <summary>Attempts from which on a provider counts as tried.</summary>
    private const double TriedAttempts = 20;

    /// <summary>
    /// From so many attempts on, a route that verifies less than one in twenty counts as broken, and says nothing of its operator.
    /// </summary>
    private const double EnoughToBeBroken = 10;

    private const double Broken = 0.05;
    private const double Unknown = 0.5;
    private const double UnknownWeight = 2;
    private const double Least = 0.01;

    private readonly Dictionary<string, double> _methods;
    private readonly Dictionary<(string Method, string Country), double> _countries;
    private readonly Dictionary<(string Method, string Country, string Operator), double> _operators;
    private readonly Dictionary<(string Provider, string Method), double> _providers;
    private readonly Dictionary<(string Provider, string Method, string Country), double> _providersThere;
    private readonly HashSet<(string Provider, string Method)> _tried;
    private readonly Dictionary<RouteKey, RouteBelief> _beliefs;

    public static LearnedRoutes Nothing { get; } = new([], 0, TimeSpan.FromHours(1));

    /// <summary>Weighs the evidence.</summary>
    /// <param name="evidence">By route.</param>
    /// <param name="now">Minutes since 1970.</param>
    /// <param name="halfLife">After which an attempt weighs half.</param>
    public LearnedRoutes(IEnumerable<KeyValuePair<RouteKey, RouteEvidence>> evidence, double now, TimeSpan halfLife)
    {
        (RouteKey Key, WeighedEvidence Shown, long Since)[] routes =
            [.. evidence.Select(pair => (pair.Key, pair.Value.Weigh(now, halfLife.TotalMinutes), pair.Value.Since))];

        // What any provider reaches: by method, there in each country, and there with each mobile operator.
        _methods = routes.GroupBy(route => route.Key.Method, StringComparer.Ordinal)
            .ToDictionary(of => of.Key, of => Level(of.Select(route => route.Shown), Unknown, UnknownWeight), StringComparer.Ordinal);
        _countries = routes.GroupBy(route => (route.Key.Method, route.Key.Country)).ToDictionary(
            of => of.Key, of => Level(of.Select(route => route.Shown), _methods[of.Key.Method], RouteBelief.PriorWeight));
        _operators = routes.GroupBy(route => (route.Key.Method, route.Key.Country, route.Key.Operator)).ToDictionary(
            of => of.Key,
            of => Level(of.Select(route => route.Shown), _countries[(of.Key.Method, of.Key.Country)], RouteBelief.PriorWeight));

        // How each provider does in proportion to that: everywhere, and in each country.
        _providers = routes.GroupBy(route => (route.Key.Provider, route.Key.Method)).ToDictionary(
            of => of.Key, of => Proportion(of.Select(route => (route.Shown, LevelAt(route.Key))), Untried));
        _providersThere = routes.GroupBy(route => (route.Key.Provider, route.Key.Method, route.Key.Country)).ToDictionary(
            of => of.Key,
            of => Proportion(of.Select(route => (route.Shown, LevelAt(route.Key))), _providers[(of.Key.Provider, of.Key.Method)]));
        _tried =
        [
            .. routes.GroupBy(route => (route.Key.Provider, route.Key.Method))
                .Where(of => of.Sum(route => route.Shown.Known) >= TriedAttempts).Select(of => of.Key),
        ];
        _beliefs = routes.ToDictionary(
            route => route.Key,
            route => new RouteBelief(
                PriorOf(route.Key), route.Shown.KnownSince, route.Shown.VerifiedSince, route.Since, IsTried(route.Key)));
    }

    /// <summary>The belief about a route, whether or not anything is known of it.</summary>
    public RouteBelief BeliefIn(RouteKey route) => _beliefs.GetValueOrDefault(route)
        ?? new RouteBelief(PriorOf(route), 0, 0, 0, IsTried(route));

    private bool IsTried(RouteKey route) => _tried.Contains((route.Provider, route.Method));

    /// <summary>What is expected of an attempt there, whichever provider places it.</summary>
    private double LevelAt(RouteKey key) =>
        _operators.TryGetValue((key.Method, key.Country, key.Operator), out var there) ? there
            : _countries.TryGetValue((key.Method, key.Country), out var inCountry) ? inCountry
            : _methods.GetValueOrDefault(key.Method, Unknown);

    private double PriorOf(RouteKey key)
    {
        var proportion = _providersThere.TryGetValue((key.Provider, key.Method, key.Country), out var there)
            ? there
            : _providers.GetValueOrDefault((key.Provider, key.Method), Untried);
        return Math.Clamp(LevelAt(key) * proportion, Least, 1 - Least);
    }

    private static double Level(IEnumerable<WeighedEvidence> attempts, double parent, double weight)
    {
        var (known, verified) = attempts
            .Where(of => of.Known < EnoughToBeBroken || of.Verified >= Broken * of.Known)
            .Aggregate((0.0, 0.0), (sum, of) => (sum.Item1 + of.Known, sum.Item2 + of.Verified));
        return (verified + (weight * parent)) / (known + weight);
    }

    private static double Proportion(IEnumerable<(WeighedEvidence Shown, double Level)> attempts, double parent)
    {
        var (expected, verified) = attempts.Aggregate(
            (0.0, 0.0), (sum, of) => (sum.Item1 + (of.Shown.KnownSince * of.Level), sum.Item2 + of.Shown.VerifiedSince));
        return (verified + (ProportionWeight * parent)) / (expected + ProportionWeight);
    }
}

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
