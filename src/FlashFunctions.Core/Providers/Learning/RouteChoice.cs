namespace FlashFunctions.Core.Providers.Learning;

/// <summary>A provider that may be asked, and what it would cost there; null: no price is known.</summary>
public readonly record struct RouteOption(string Provider, double? Price);

/// <summary>A provider that was weighed.</summary>
/// <param name="Price">What it costs; null: not known, so that the dearest of the others was taken.</param>
/// <param name="Worth">Expected value less price; without prices the expected conversion.</param>
/// <param name="Draw">The conversion that was drawn for it; null where nothing was to be explored.</param>
public sealed record WeighedRoute(string Provider, double? Price, RouteBelief Belief, double Worth, double? Draw = null);

/// <summary>Which provider comes first.</summary>
/// <param name="Routes">The chosen one, then the others, best first.</param>
/// <param name="IsExploring">The chosen one is not the best by what is known: it was chosen to learn about it.</param>
public sealed record RouteChoice(IReadOnlyList<WeighedRoute> Routes, bool IsExploring);

/// <summary>
/// Chooses by value × conversion − price. In a share of the choices, the exploration, the conversions are drawn from what is believed
/// (Thompson sampling) instead of taken at their mean, so that a provider is tried as often as it may turn out to be the best.
/// </summary>
public static class RouteChooser
{
    /// <summary>A verified number's worth where none is configured, in prices of the dearest provider.</summary>
    public const double UsualWorth = 10;

    /// <summary>Weighs the options by what is expected of them: the best first, in their order where they are equal.</summary>
    /// <param name="options">In the configured order.</param>
    /// <param name="value">A verified number's worth in the prices' currency; null: ten times the dearest price.</param>
    public static IReadOnlyList<WeighedRoute> Weigh(IReadOnlyList<RouteOption> options, Func<string, RouteBelief> belief, double? value)
    {
        var worth = WorthOf(options, value);
        return
        [
            .. options
                .Select(option => (option, Belief: belief(option.Provider)))
                .Select(of => new WeighedRoute(of.option.Provider, of.option.Price, of.Belief, worth(of.option, of.Belief, of.Belief.Mean)))
                .OrderByDescending(route => route.Worth),
        ];
    }

    /// <summary>
    /// Chooses; parameters as for <see cref="Weigh"/>. At most a share of <paramref name="exploration"/>, 0 to 0.05, goes to another
    /// provider than the best.
    /// </summary>
    public static RouteChoice Choose(
        IReadOnlyList<RouteOption> options, Func<string, RouteBelief> belief, double? value, double exploration, RouteDraws draws)
    {
        var routes = Weigh(options, belief, value);
        if (routes.Count < 2 || draws.Next() >= exploration)
        {
            return new RouteChoice(routes, false);
        }

        var worth = WorthOf(options, value);
        WeighedRoute[] drawn = [.. routes.Select(route => route with { Draw = draws.NextBeta(route.Belief.Alpha, route.Belief.Beta) })];
        var best = drawn.MaxBy(route => worth(new RouteOption(route.Provider, route.Price), route.Belief, route.Draw!.Value))!;
        return new RouteChoice([best, .. drawn.Where(route => route != best)], best != drawn[0]);
    }

    /// <summary>
    /// What a conversion is worth by a provider. Being cheaper than the first of the configured order speaks for a provider once it was
    /// tried.
    /// </summary>
    private static Func<RouteOption, RouteBelief, double, double> WorthOf(IReadOnlyList<RouteOption> options, double? value)
    {
        if (options.Max(option => option.Price) is not { } dearest || dearest <= 0)
        {
            return (_, _, conversion) => conversion;
        }

        var (verified, first) = (value ?? (UsualWorth * dearest), options[0].Price ?? dearest);
        return (option, belief, conversion) => (verified * conversion) - Math.Max(option.Price ?? dearest, belief.IsTried ? 0 : first);
    }
}

/// <summary>A provider that was looked at for a step, and why it was taken or passed over.</summary>
public sealed record RouteCandidate
{
    public required string Provider { get; init; }

    public bool Usable { get; init; }

    /// <summary>What it costs there, in the price table's currency; null: not known.</summary>
    public decimal? Price { get; init; }

    /// <summary>The conversion that is expected of it, 0 to 1.</summary>
    public double Conversion { get; init; }

    /// <summary>The lower end of the 95 % interval.</summary>
    public double Low { get; init; }

    /// <summary>Its upper end.</summary>
    public double High { get; init; }

    /// <summary>Attempts of its own there whose outcome is known, weighed by their age.</summary>
    public double Known { get; init; }

    /// <summary>Those of them whose code was entered.</summary>
    public double Verified { get; init; }

    /// <summary>The conversion that was drawn for it; null where nothing was drawn.</summary>
    public double? Draw { get; init; }

    /// <summary>A sentence for an operator.</summary>
    public required string Why { get; init; }
}

/// <summary>How the provider of an attempt was chosen.</summary>
/// <param name="Exploring">It was chosen to learn about it and not as the best.</param>
/// <param name="Candidates">In the order in which they were to be tried, then those that could not be.</param>
public sealed record RouteExplanation(bool Exploring, IReadOnlyList<RouteCandidate> Candidates)
{
    /// <summary>Says why each route of a choice has its place.</summary>
    public static IEnumerable<RouteCandidate> Of(RouteChoice choice) => choice.Routes.Select((route, place) => Of(
        route.Provider,
        route.Belief,
        (decimal?)route.Price,
        route.Draw,
        (place, choice.IsExploring) switch
        {
            (0, true) => "Chosen to learn more about it.",
            (0, false) => $"The best by what is known: {Shown(route.Belief)}.",
            (_, true) when route.Worth >= choice.Routes.Max(other => other.Worth) =>
                $"Passed over to learn about another: {Shown(route.Belief)}.",
            _ => $"Worth less: {Shown(route.Belief)}.",
        }));

    /// <summary>A candidate that may be tried, with its belief.</summary>
    public static RouteCandidate Of(string provider, RouteBelief belief, decimal? price, double? draw, string why) => new()
    {
        Provider = provider,
        Usable = true,
        Price = price,
        Conversion = Math.Round(belief.Mean, 4),
        Low = Math.Round(belief.Low, 4),
        High = Math.Round(belief.High, 4),
        Known = Math.Round(belief.Known, 1),
        Verified = Math.Round(belief.Verified, 1),
        Draw = draw is { } drawn ? Math.Round(drawn, 4) : null,
        Why = why,
    };

    public static string Shown(double known, double verified) => known >= 0.5
        ? $"{100 * verified / known:F0} % of {known:F0}"
        : "nothing known yet";

    private static string Shown(RouteBelief belief) => belief.Known >= 0.5
        ? Shown(belief.Known, belief.Verified)
        : $"{100 * belief.Mean:F0} % expected from elsewhere";
}

/// <summary>
/// Numbers that look random and are the same for the same seed (SplitMix64), so that a choice can be made again and tested. Nothing here is
/// a secret.
/// </summary>
public sealed class RouteDraws(ulong seed)
{
    private const double Steps = 1UL << 53;
    private ulong _state = seed;

    /// <summary>A number from 0 to below 1, each equally likely.</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) / Steps;
    }

    /// <summary>A number from a Beta distribution: the share of one Gamma draw in two (Marsaglia and Tsang, 2000).</summary>
    public double NextBeta(double alpha, double beta)
    {
        var (one, other) = (NextGamma(alpha), NextGamma(beta));
        return one + other > 0 ? one / (one + other) : alpha / (alpha + beta);
    }

    private double NextGamma(double shape)
    {
        if (shape < 1)
        {
            return NextGamma(shape + 1) * Math.Pow(1 - Next(), 1 / shape);
        }

        var d = shape - (1 / 3.0);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = NextNormal();
            var v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - Next()) < (normal * normal / 2) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    private double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());
}
