using FlashFunctions.Core.Providers.Learning;

namespace FlashFunctions.Bench.Routing;

/// <summary>How large the simulated world is.</summary>
/// <param name="Hours">How long it is watched.</param>
/// <param name="SilentFrom">The hour at which the best route of some operators fails without a word.</param>
/// <param name="SilentHours">For how long.</param>
/// <param name="Spread">
/// How much routes differ from operator to operator and drift; 0: the configured order is right everywhere and always.
/// </param>
public sealed record WorldOptions(int Hours = 96, int SilentFrom = 60, int SilentHours = 12, double Spread = 1);

/// <summary>
/// Four providers and twelve mobile operators in four countries, as true rates and prices that the routing does not see: rates that drift
/// and fall at night, prices that change once a day, outages that a circuit breaker sees, and silent failures that it does not.
/// </summary>
public sealed class RoutingWorld
{
    public const int Providers = 4;
    public const int Operators = 12;
    public const int OperatorsACountry = 3;
    private const double SilentRate = 0.02;
    private static readonly double[] Sizes = [240, 240, 240, 240, 80, 80, 80, 80, 20, 20, 5, 5];

    private readonly double[,,] _rates;
    private readonly double[,,] _prices;
    private readonly double[,] _values;
    private readonly bool[,] _usable;
    private readonly double[,] _busy;

    public RoutingWorld(int seed, WorldOptions options)
    {
        var random = new RouteDraws((ulong)seed);
        var minutes = options.Hours * 60;
        (_rates, _prices) = (new double[minutes, Operators, Providers], new double[options.Hours, Operators, Providers]);
        _values = new double[options.Hours, Operators];
        (_usable, _busy) = (new bool[minutes, Providers], new double[minutes, Operators]);
        (Options, Minutes) = (options, minutes);
        var (provider, country, route) =
            (Normals(random, 0.25), Normals(random, 0.25 * options.Spread), Normals(random, 0.35 * options.Spread));
        var (level, phase) = (Normals(random, 0.4), Normals(random, 2));
        var cost = Normals(random, 0.25);
        for (var of = 0; of < Operators; of++)
        {
            for (var by = 0; by < Providers; by++)
            {
                var fixedPart =
                    0.4 + level[of] + provider[by] + country[Operators + (by * 4) + CountryOf(of)] + route[(of * Providers) + by];
                var drift = 0.25 * Normal(random);
                var price = 0.01 * Math.Exp(cost[by] + (0.4 * Normal(new RouteDraws((ulong)((seed * 31) + CountryOf(of))))));
                for (var minute = 0; minute < minutes; minute++)
                {
                    drift = (drift * (1 - (1 / 720.0))) + (0.25 * Math.Sqrt(2 / 720.0) * Normal(random));
                    _rates[minute, of, by] = 1 / (1 + Math.Exp(-(fixedPart + (options.Spread * drift) + (0.2 * Wave(minute, phase[of])))));
                    price *= minute % 1_440 == 0 ? Math.Exp(0.1 * Normal(random)) : 1;
                    _prices[minute / 60, of, by] = price;
                }
            }

            for (var minute = 0; minute < minutes; minute++)
            {
                _busy[minute, of] = Sizes[of] / 60 * (1 + (0.6 * Wave(minute, phase[of])));
            }
        }

        for (var hour = 0; hour < options.Hours; hour++)
        {
            for (var of = 0; of < Operators; of++)
            {
                _values[hour, of] = 10 * Enumerable.Range(0, Providers).Max(by => _prices[hour, of, by]);
            }
        }

        Break(random);
        Order =
            [
                .. Enumerable
                    .Range(0, Providers)
                    .OrderByDescending(by => Enumerable.Range(0, Operators).Sum(of => Sizes[of] * WorthOf(0, of, by))),
            ];
    }

    public WorldOptions Options { get; }

    public int Minutes { get; }

    /// <summary>
    /// The providers as their contracts' conversion and price at the start would order them, over all traffic: the configured order.
    /// </summary>
    public IReadOnlyList<int> Order { get; }

    /// <summary>The routes that fail silently, by operator.</summary>
    public IReadOnlyDictionary<int, int> Silent { get; private set; } = new Dictionary<int, int>();

    /// <summary>Whether the silent failures are on.</summary>
    public bool IsSilent(int minute) =>
        minute / 60 >= Options.SilentFrom && minute / 60 < Options.SilentFrom + Options.SilentHours;

    public static int CountryOf(int of) => of % (Operators / OperatorsACountry);

    public double RateOf(int minute, int of, int by) =>
        IsSilent(minute) && Silent.TryGetValue(of, out var silent) && silent == by ? SilentRate : _rates[minute, of, by];

    public double PriceOf(int minute, int of, int by) => _prices[minute / 60, of, by];

    /// <summary>A verified number's worth there: ten times the dearest price, as the service's default.</summary>
    public double ValueOf(int minute, int of) => _values[minute / 60, of];

    /// <summary>What an attempt is worth: value × rate − price.</summary>
    public double WorthOf(int minute, int of, int by) => (ValueOf(minute, of) * RateOf(minute, of, by)) - PriceOf(minute, of, by);

    public bool IsUsable(int minute, int by) => _usable[minute, by];

    /// <summary>How many verifications of an operator's numbers start in a minute.</summary>
    public int Arrivals(RouteDraws random, int minute, int of)
    {
        var (left, count) = (Math.Exp(-_busy[minute, of]), 0);
        for (var product = random.Next(); product > left; product *= random.Next())
        {
            count++;
        }

        return count;
    }

    /// <summary>
    /// Each provider is out twice, for half an hour to one and a half; the best route of three operators fails without a word.
    /// </summary>
    private void Break(RouteDraws random)
    {
        for (var by = 0; by < Providers; by++)
        {
            for (var minute = 0; minute < Minutes; minute++)
            {
                _usable[minute, by] = true;
            }

            for (var outage = 0; outage < 2; outage++)
            {
                var (start, lasts) = ((int)(random.Next() * Minutes), 30 + (60 * random.Next()));
                for (var minute = start; minute < Math.Min(Minutes, start + lasts); minute++)
                {
                    _usable[minute, by] = false;
                }
            }
        }

        var at = Math.Min(Minutes - 1, Options.SilentFrom * 60);
        int[] failing = [0, 1, 4];
        Silent = failing.ToDictionary(of => of, of => Enumerable.Range(0, Providers).MaxBy(by => WorthBeforeSilence(at, of, by)));
    }

    private double WorthBeforeSilence(int minute, int of, int by) =>
        (ValueOf(minute, of) * _rates[minute, of, by]) - PriceOf(minute, of, by);

    private static double Wave(int minute, double phase) => Math.Sin((2 * Math.PI * minute / 1_440.0) + (phase / 4));

    private static double[] Normals(RouteDraws random, double sigma) => [.. Enumerable.Range(0, 64).Select(_ => sigma * Normal(random))];

    private static double Normal(RouteDraws random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.Next())) * Math.Cos(2 * Math.PI * random.Next());
}
