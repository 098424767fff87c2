using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>
/// What is believed of a route: a Beta distribution of “a sent attempt is verified”, made of a prior and of what the route itself has
/// shown, weighed by its age.
/// </summary>
/// <param name="Prior">The mean of the prior.</param>
/// <param name="Known">Attempts whose outcome is known, weighed.</param>
/// <param name="Verified">Those whose code was entered, weighed.</param>
/// <param name="Changed">The minute from which on it is judged, where its conversion changed; 0: it did not.</param>
/// <param name="IsTried">Enough is known of its provider's attempts by this method, anywhere, to tell it from others.</param>
public sealed record RouteBelief(double Prior, double Known, double Verified, long Changed = 0, bool IsTried = false)
{
    /// <summary>How many attempts of its own outweigh the prior.</summary>
    public const double PriorWeight = 30;

    private const double Sigmas = 1.96;

    /// <summary>The first parameter of the Beta distribution.</summary>
    public double Alpha => (PriorWeight * Prior) + Verified;

    /// <summary>The second one.</summary>
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

    private readonly Dictionary<RouteKey, RouteBelief> _beliefs = [];
    private readonly Dictionary<(string Method, string Country, string Operator), double> _operators = [];
    private readonly Dictionary<(string Method, string Country), double> _countries = [];
    private readonly Dictionary<string, double> _methods = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Provider, string Method), double> _providers = [];
    private readonly Dictionary<(string Provider, string Method, string Country), double> _providersThere = [];
    private readonly HashSet<(string Provider, string Method)> _tried = [];

    /// <summary>Nothing is known.</summary>
    public static LearnedRoutes Nothing { get; } = new([], 0, TimeSpan.FromHours(1));

    /// <summary>Weighs the evidence.</summary>
    /// <param name="evidence">By route.</param>
    /// <param name="now">Minutes since 1970.</param>
    /// <param name="halfLife">After which an attempt weighs half.</param>
    public LearnedRoutes(IEnumerable<KeyValuePair<RouteKey, RouteEvidence>> evidence, double now, TimeSpan halfLife)
    {
        var routes = evidence
            .Select(pair => (pair.Key, Shown: pair.Value.Weigh(now, halfLife.TotalMinutes), pair.Value.Since))
            .ToArray();
        foreach (var method in routes.GroupBy(route => route.Key.Method, StringComparer.Ordinal))
        {
            var level = Level(method.Select(route => route.Shown), Unknown, UnknownWeight);
            _methods[method.Key] = level;
            foreach (var country in method.GroupBy(route => route.Key.Country, StringComparer.Ordinal))
            {
                var levelThere = Level(country.Select(route => route.Shown), level, RouteBelief.PriorWeight);
                _countries[(method.Key, country.Key)] = levelThere;
                foreach (var routesThere in country.GroupBy(route => route.Key.Operator, StringComparer.Ordinal))
                {
                    _operators[(method.Key, country.Key, routesThere.Key)] =
                        Level(routesThere.Select(route => route.Shown), levelThere, RouteBelief.PriorWeight);
                }
            }
        }

        foreach (var provider in routes.GroupBy(route => (route.Key.Provider, route.Key.Method)))
        {
            var everywhere = Proportion(provider.Select(route => (route.Shown, LevelAt(route.Key))), Untried);
            _providers[provider.Key] = everywhere;
            if (provider.Sum(route => route.Shown.Known) >= TriedAttempts)
            {
                _tried.Add(provider.Key);
            }

            foreach (var there in provider.GroupBy(route => route.Key.Country, StringComparer.Ordinal))
            {
                _providersThere[(provider.Key.Provider, provider.Key.Method, there.Key)] =
                    Proportion(there.Select(route => (route.Shown, LevelAt(route.Key))), everywhere);
            }
        }

        foreach (var (key, shown, since) in routes)
        {
            _beliefs[key] = new RouteBelief(
                PriorOf(key), shown.KnownSince, shown.VerifiedSince, since, _tried.Contains((key.Provider, key.Method)));
        }
    }

    /// <summary>The belief about a route, whether or not anything is known of it.</summary>
    public RouteBelief BeliefIn(RouteKey route) => _beliefs.GetValueOrDefault(route)
        ?? new RouteBelief(PriorOf(route), 0, 0, 0, _tried.Contains((route.Provider, route.Method)));

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
