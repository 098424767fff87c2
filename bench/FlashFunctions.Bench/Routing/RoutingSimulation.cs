using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Bench.Routing;

/// <summary>What a policy got in some time: worth, verified, attempts and money, all as expected values.</summary>
public sealed class Takings
{
    public double Worth { get; private set; }

    public double Verified { get; private set; }

    public double Attempts { get; private set; }

    public double Money { get; private set; }

    public void Add(double worth, double rate, double price, int attempts)
    {
        (Worth, Verified) = (Worth + (worth * attempts), Verified + (rate * attempts));
        (Attempts, Money) = (Attempts + attempts, Money + (price * attempts));
    }

    public void Add(Takings other)
    {
        (Worth, Verified) = (Worth + other.Worth, Verified + other.Verified);
        (Attempts, Money) = (Attempts + other.Attempts, Money + other.Money);
    }
}

/// <summary>How a silent failure was left.</summary>
/// <param name="Known">Attempts by the failing route, placed since it failed, whose outcome was known when it was left.</param>
/// <param name="Sent">Attempts by it that were sent by then.</param>
/// <param name="Minutes">How long that took.</param>
public sealed record Leaving(int Known, int Sent, int Minutes);

/// <summary>One world and what each policy got in it, by hour.</summary>
public sealed class SimulatedRun
{
    /// <summary>After so many verifications of an operator the learned order is held against the best in hindsight.</summary>
    public const int Learned = 2_000;

    /// <summary>By hour: learned, configured order, and the best provider of each minute, which nobody can know.</summary>
    public required Takings[] ByLearning { get; init; }

    public required Takings[] ByOrder { get; init; }

    public required Takings[] ByOracle { get; init; }

    /// <summary>By operator, after its first 2,000 verifications: learned, and by each provider as the first of a fixed order.</summary>
    public required Takings[] AfterLearning { get; init; }

    public required Takings[,] Fixed { get; init; }

    /// <summary>The same from the first verification on.</summary>
    public required Takings[] Whole { get; init; }

    public required Takings[,] FixedWhole { get; init; }

    public IList<Leaving> Leavings { get; } = [];

    public int Choices { get; set; }

    public int Explored { get; set; }
}

/// <summary>
/// Sends verifications through a <see cref="RoutingWorld"/> with the service's own <see cref="RouteChooser"/>, <see cref="LearnedRoutes"/>
/// and <see cref="RouteEvidence"/>. An outcome becomes known when the request is due, five minutes after it was sent, and is swept a minute
/// later.
/// </summary>
public static class RoutingSimulation
{
    private const int KnownAfter = 7;
    private const string Method = "call";
    private static readonly string[] Names = ["north", "east", "south", "west"];

    public static SimulatedRun Run(int seed, WorldOptions options, double exploration = 0.05, double halfLifeHours = 6, bool learns = true)
    {
        var world = new RoutingWorld(seed, options);
        var random = new RouteDraws((ulong)seed + 1_000_000);
        var draws = new RouteDraws((ulong)seed);
        var evidence = new Dictionary<RouteKey, RouteEvidence>();
        var outcomes = new Queue<(int Minute, int Of, int By, bool Verified)>();
        var halfLife = TimeSpan.FromHours(halfLifeHours);
        var silence = world.Silent.ToDictionary(pair => pair.Key, _ => new Silence());
        var seen = new int[RoutingWorld.Operators];
        var run = NewRun(options.Hours);
        for (var minute = 0; minute < world.Minutes; minute++)
        {
            Sweep(outcomes, evidence, minute, world, silence);
            var learned = learns ? new LearnedRoutes(evidence, minute, halfLife) : LearnedRoutes.Nothing;
            for (var of = 0; of < RoutingWorld.Operators; of++)
            {
                Watch(world, learned, minute, of, silence, run);
                var sent = new int[RoutingWorld.Providers];
                var usable = OptionsAt(world, minute, of);
                for (var arrivals = usable.Length == 0 ? 0 : world.Arrivals(random, minute, of); arrivals > 0; arrivals--)
                {
                    var by = Choose(usable, learned, of, exploration, draws, run);
                    sent[by]++;
                    outcomes.Enqueue((minute, of, by, random.Next() < world.RateOf(minute, of, by)));
                    silence.GetValueOrDefault(of)?.Sent(world, minute, of, by);
                }

                Take(world, run, minute, of, sent, seen[of] >= SimulatedRun.Learned);
                seen[of] += sent.Sum();
            }
        }

        return run;
    }

    private static int Choose(
        RouteOption[] options, LearnedRoutes learned, int of, double exploration, RouteDraws draws, SimulatedRun run)
    {
        var choice = RouteChooser.Choose(options, name => learned.BeliefIn(KeyOf(of, name)), null, exploration, draws);
        run.Choices++;
        run.Explored += choice.IsExploring ? 1 : 0;
        return Array.IndexOf(Names, choice.Routes[0].Provider);
    }

    private static RouteOption[] OptionsAt(RoutingWorld world, int minute, int of) =>
    [
        .. world.Order.Where(by => world.IsUsable(minute, by)).Select(by => new RouteOption(Names[by], world.PriceOf(minute, of, by))),
    ];

    private static RouteKey KeyOf(int of, string name) => new(name, Method, $"{RoutingWorld.CountryOf(of)}", $"{of}");

    private static void Sweep(
        Queue<(int Minute, int Of, int By, bool Verified)> outcomes,
        Dictionary<RouteKey, RouteEvidence> evidence,
        int minute,
        RoutingWorld world,
        Dictionary<int, Silence> silence)
    {
        var counts = new Dictionary<(int Of, int By), (int Known, int Verified)>();
        while (outcomes.TryPeek(out var next) && next.Minute + KnownAfter <= minute)
        {
            var (at, of, by, verified) = outcomes.Dequeue();
            var count = counts.GetValueOrDefault((of, by));
            counts[(of, by)] = (count.Known + 1, count.Verified + (verified ? 1 : 0));
            silence.GetValueOrDefault(of)?.BecameKnown(world, at, of, by);
        }

        foreach (var ((of, by), (known, verified)) in counts)
        {
            var key = KeyOf(of, Names[by]);
            if (!evidence.TryGetValue(key, out var route))
            {
                evidence[key] = route = new RouteEvidence();
            }

            route.Add(minute, known, verified, minute - 2_880);
        }
    }

    /// <summary>Notes when the best by what is known is no longer the route that fails silently.</summary>
    private static void Watch(
        RoutingWorld world, LearnedRoutes learned, int minute, int of, Dictionary<int, Silence> silence, SimulatedRun run)
    {
        if (!silence.TryGetValue(of, out var of0) || !world.IsSilent(minute) || of0.IsOver
            || OptionsAt(world, minute, of) is not [_, ..] options)
        {
            return;
        }

        var best = RouteChooser.Weigh(options, name => learned.BeliefIn(KeyOf(of, name)), null)[0].Provider;
        var isOn = best == Names[world.Silent[of]];
        if (!of0.WasOn && !isOn)
        {
            // Learning used another route when this one failed.
            of0.IsOver = minute / 60 > world.Options.SilentFrom;
            return;
        }

        of0.WasOn |= isOn;
        if (!isOn && world.IsUsable(minute, world.Silent[of]))
        {
            of0.IsOver = true;
            run.Leavings.Add(new Leaving(of0.Known, of0.SentThere, minute - (world.Options.SilentFrom * 60)));
        }
    }

    private static void Take(RoutingWorld world, SimulatedRun run, int minute, int of, int[] sent, bool isLearned)
    {
        var all = sent.Sum();
        if (all == 0)
        {
            return;
        }

        var hour = minute / 60;
        var first = world.Order.First(by => world.IsUsable(minute, by));
        for (var by = 0; by < RoutingWorld.Providers; by++)
        {
            Add(world, run.ByLearning[hour], minute, of, by, sent[by]);
            Add(world, run.Whole[of], minute, of, by, sent[by]);
            Add(world, run.FixedWhole[of, by], minute, of, world.IsUsable(minute, by) ? by : first, all);
            if (isLearned)
            {
                Add(world, run.AfterLearning[of], minute, of, by, sent[by]);
                Add(world, run.Fixed[of, by], minute, of, world.IsUsable(minute, by) ? by : first, all);
            }
        }

        Add(world, run.ByOrder[hour], minute, of, first, all);
        var best = Enumerable.Range(0, RoutingWorld.Providers).Where(by => world.IsUsable(minute, by)).MaxBy(
            by => world.WorthOf(minute, of, by));
        Add(world, run.ByOracle[hour], minute, of, best, all);
    }

    private static void Add(RoutingWorld world, Takings to, int minute, int of, int by, int attempts) =>
        to.Add(world.WorthOf(minute, of, by), world.RateOf(minute, of, by), world.PriceOf(minute, of, by), attempts);

    private static SimulatedRun NewRun(int hours) => new()
    {
        ByLearning = Takings(hours),
        ByOrder = Takings(hours),
        ByOracle = Takings(hours),
        AfterLearning = Takings(RoutingWorld.Operators),
        Whole = Takings(RoutingWorld.Operators),
        Fixed = Grid(),
        FixedWhole = Grid(),
    };

    private static Takings[] Takings(int count) => [.. Enumerable.Range(0, count).Select(_ => new Takings())];

    private static Takings[,] Grid()
    {
        var grid = new Takings[RoutingWorld.Operators, RoutingWorld.Providers];
        for (var cell = 0; cell < grid.Length; cell++)
        {
            grid[cell / RoutingWorld.Providers, cell % RoutingWorld.Providers] = new Takings();
        }

        return grid;
    }

    /// <summary>A silent failure while it lasts.</summary>
    private sealed class Silence
    {
        public bool WasOn { get; set; }

        public bool IsOver { get; set; }

        public int SentThere { get; private set; }

        public int Known { get; private set; }

        public void Sent(RoutingWorld world, int minute, int of, int by) =>
            SentThere += world.IsSilent(minute) && world.Silent[of] == by ? 1 : 0;

        public void BecameKnown(RoutingWorld world, int sentAt, int of, int by) =>
            Known += world.IsSilent(sentAt) && world.Silent[of] == by ? 1 : 0;
    }
}
