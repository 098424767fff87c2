namespace FlashFunctions.Core.Statistics;

/// <summary>A route whose conversion fell significantly under its own of the week before.</summary>
/// <param name="Since">From when on it is counted; what is before is what it is compared with.</param>
/// <param name="Minutes">The minutes up to now in which it shows.</param>
/// <param name="Verified">Verified in those minutes.</param>
/// <param name="Verifiable">Of so many attempts.</param>
/// <param name="EarlierVerified">Verified in the week before.</param>
/// <param name="EarlierVerifiable">Of so many attempts.</param>
/// <param name="Chance">How likely so few would be if nothing had changed.</param>
public sealed record FailingRoute(
    string Provider, string Method, string Country, string Operator, DateTimeOffset Since, int Minutes, long Verified, long Verifiable,
    long EarlierVerified, long EarlierVerifiable, double Chance)
{
    public RouteKey Route => new(Provider, Method, Country, Operator);

    public double Conversion => Verifiable == 0 ? 0 : (double)Verified / Verifiable;

    public double EarlierConversion => EarlierVerifiable == 0 ? 0 : (double)EarlierVerified / EarlierVerifiable;
}

/// <summary>
/// Finds routes that fail silently: the provider takes what it is given, and fewer verify than did in the week before. For each route the
/// last 10 minutes, the last hour and the last six hours are compared with the seven days before them by Fisher's exact test, one-sided.
/// Divided by the routes that are looked at, the three spans and the 1,440 looks of a day, α is 1 %: where nothing ever changes, one false
/// report in 100 days. A route is reported only if it lost more than a quarter besides, since with much traffic any evening differs from
/// the morning.
/// </summary>
/// <remarks>
/// A route that is reported stays so while it shows at 1 % (α undivided) in one of the spans against the same week as at first, so that a
/// long failure does not become its own measure. It is well again when 20 outcomes or more of a shorter span are, or after six hours
/// without outcomes.
/// </remarks>
public static class SilentFailures
{
    private const double Alpha = 0.01;
    private const int LooksADay = 1_440;
    private const double MostOfBefore = 0.75;
    private const int EnoughToBeWell = 20;

    private static readonly int[] Spans = [10, 60, 360];
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    /// <summary>The routes that fail now.</summary>
    /// <param name="history">What was counted, by minute or hour.</param>
    /// <param name="now">The end of the last minute.</param>
    /// <param name="before">The routes that failed at the last look.</param>
    public static IReadOnlyList<FailingRoute> Find(
        IReadOnlyList<StatisticsSlice> history, DateTimeOffset now, IReadOnlyList<FailingRoute> before)
    {
        var routes = ByRoute(history);
        var looked = routes.Where(route => Sum(route.Value, now - TimeSpan.FromMinutes(Spans[^1]), now).Verifiable > 0).ToArray();
        var limit = Alpha / (LooksADay * Spans.Length * (double)Math.Max(1, looked.Length));
        return
        [
            .. looked
                .Select(route => Look(route.Key, route.Value, now, before.FirstOrDefault(failing => failing.Route == route.Key), limit))
                .OfType<FailingRoute>()
                .OrderBy(failing => failing.Chance),
        ];
    }

    private static FailingRoute? Look(RouteKey route, List<Outcomes> outcomes, DateTimeOffset now, FailingRoute? before, double limit)
    {
        foreach (var minutes in Spans)
        {
            var start = now - TimeSpan.FromMinutes(minutes);
            var since = before?.Since < start ? before.Since : start;
            var recent = Sum(outcomes, start, now);
            var earlier = Sum(outcomes, since - Week, since);
            if (earlier.Verified == 0 || recent.Verifiable == 0)
            {
                continue;
            }

            if (recent.Share >= MostOfBefore * earlier.Share)
            {
                if (recent.Verifiable >= EnoughToBeWell)
                {
                    return null;
                }

                continue;
            }

            var chance = ConversionMath.ChanceOfSoFew(recent.Verified, recent.Verifiable, earlier.Verified, earlier.Verifiable);
            if (chance < (before is null ? limit : Alpha))
            {
                return new FailingRoute(
                    route.Provider, route.Method, route.Country, route.Operator, since, minutes,
                    recent.Verified, recent.Verifiable, earlier.Verified, earlier.Verifiable, chance);
            }
        }

        return null;
    }

    private static Dictionary<RouteKey, List<Outcomes>> ByRoute(IReadOnlyList<StatisticsSlice> history)
    {
        var routes = new Dictionary<RouteKey, List<Outcomes>>();
        foreach (var slice in history)
        {
            foreach (var (route, counts) in slice.Tally.Counts)
            {
                if (counts.Verifiable > 0)
                {
                    var outcomes = new Outcomes(slice.Start, slice.Start + slice.Length, counts.Verified, counts.Verifiable);
                    (routes.TryGetValue(route, out var known) ? known : routes[route] = []).Add(outcomes);
                }
            }
        }

        return routes;
    }

    /// <summary>What lies wholly between two times.</summary>
    private static Outcomes Sum(List<Outcomes> outcomes, DateTimeOffset from, DateTimeOffset to)
    {
        var (verified, verifiable) = (0L, 0L);
        foreach (var slice in outcomes)
        {
            if (slice.Start >= from && slice.End <= to)
            {
                verified += slice.Verified;
                verifiable += slice.Verifiable;
            }
        }

        return new Outcomes(from, to, verified, verifiable);
    }

    private sealed record Outcomes(DateTimeOffset Start, DateTimeOffset End, long Verified, long Verifiable)
    {
        public double Share => (double)Verified / Verifiable;
    }
}
