using System.Globalization;

namespace FlashFunctions.Core.Providers.Learning;

/// <summary>A provider that was looked at for a step, and why it was taken or passed over.</summary>
public sealed record RouteCandidate
{
    public required string Provider { get; init; }

    /// <summary>Whether it may be asked.</summary>
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

    /// <summary>What a route has shown, in words.</summary>
    public static string Shown(double known, double verified) => known >= 0.5
        ? string.Create(CultureInfo.InvariantCulture, $"{100 * verified / known:F0} % of {known:F0}")
        : "nothing known yet";

    private static string Shown(RouteBelief belief) => belief.Known >= 0.5
        ? Shown(belief.Known, belief.Verified)
        : string.Create(CultureInfo.InvariantCulture, $"{100 * belief.Mean:F0} % expected from elsewhere");
}
