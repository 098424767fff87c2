using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Looks each minute whether a route fails silently, reports it, and writes the summary that operators are shown. One range query of what
/// is new and a read; a write while something fails or changes, and every ten minutes.
/// </summary>
public sealed partial class RouteWatch(RouteHistory history, ConversionSummaries summaries, ILogger<RouteWatch> logger)
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly TimeSpan Stale = TimeSpan.FromMinutes(10);

    /// <summary>Looks at what has been counted up to a minute.</summary>
    public async Task RunAsync(long sweptMinute, CancellationToken cancellationToken)
    {
        var now = TableKeys.StartOf(sweptMinute + 1);
        var before = await summaries.ReadAsync(cancellationToken);
        if (before.At > now)
        {
            return;
        }

        var slices = await history.ReadAsync(sweptMinute, cancellationToken);
        var failing = SilentFailures.Find(slices, now, before.Failing);
        Report(before.Failing, failing);
        if (failing.Count > 0 || before.Failing.Count > 0 || now - before.At >= Stale)
        {
            await summaries.WriteAsync(new ConversionSummary(now, Countries(slices, now - Week), failing), cancellationToken);
        }
    }

    private void Report(IReadOnlyList<FailingRoute> before, IReadOnlyList<FailingRoute> now)
    {
        foreach (var route in now.Where(route => !before.Any(known => known.Route == route.Route)))
        {
            Log.Fails(
                logger, route.Provider, route.Method, route.Country, route.Operator,
                route.Conversion, route.Verifiable, route.EarlierConversion, route.EarlierVerifiable);
        }

        foreach (var route in before.Where(route => !now.Any(known => known.Route == route.Route)))
        {
            Log.FailsNoMore(logger, route.Provider, route.Method, route.Country, route.Operator);
        }

        foreach (var provider in before.Concat(now).Select(route => route.Provider).Distinct(StringComparer.Ordinal))
        {
            Meters.RoutesFailing(provider, now.Count(route => route.Provider == provider));
        }
    }

    private static IReadOnlyList<CountryConversion> Countries(IReadOnlyList<StatisticsSlice> slices, DateTimeOffset since)
    {
        var sums = new RouteTally();
        foreach (var slice in slices.Where(slice => slice.Start >= since))
        {
            sums.Add(slice.Tally.By(route => new RouteKey("", "", route.Country)));
        }

        return
        [
            .. sums.Counts.Where(sum => sum.Value.Verifiable > 0).OrderBy(sum => sum.Key.Country, StringComparer.Ordinal).Select(sum =>
                new CountryConversion(
                    sum.Key.Country, sum.Value.Verifiable, sum.Value.Verified, sum.Value.Seconds.Quantile(0.95)?.TotalSeconds)),
        ];
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "{Provider} fails silently: {Method} to {Country} {Operator} verifies {Conversion:P0} of {Attempts} "
                + "against {Before:P0} of {AttemptsBefore} in the week before")]
        public static partial void Fails(
            ILogger logger, string provider, string method, string country, string @operator, double conversion, long attempts,
            double before, long attemptsBefore);

        [LoggerMessage(2, LogLevel.Information, "{Provider} fails silently no more: {Method} to {Country} {Operator}")]
        public static partial void FailsNoMore(ILogger logger, string provider, string method, string country, string @operator);
    }
}
