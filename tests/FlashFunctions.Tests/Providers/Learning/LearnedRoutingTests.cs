using FlashFunctions.Bench.Routing;
using FlashFunctions.Core.Providers.Learning;
using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Tests.Providers.Learning;

/// <summary>How routing learns: what evidence is worth, what is believed of a route, which one is chosen.</summary>
public sealed class LearnedRoutingTests
{
    private const long Noon = 29_000_000;
    private static readonly TimeSpan HalfLife = TimeSpan.FromHours(6);

    [Fact]
    public void An_attempt_weighs_half_after_the_half_life()
    {
        var evidence = Evidence((Noon, 100, 60));

        var fresh = evidence.Weigh(Noon, HalfLife.TotalMinutes);
        var old = evidence.Weigh(Noon + 360, HalfLife.TotalMinutes);

        Assert.Equal((100, 60), (fresh.Known, fresh.Verified));
        Assert.Equal((50, 30), (Math.Round(old.Known, 9), Math.Round(old.Verified, 9)));
    }

    [Fact]
    public void Buckets_grow_with_their_age_and_lose_nothing()
    {
        var evidence = new RouteEvidence();
        for (var minute = 0; minute < 2_880; minute++)
        {
            evidence.Add(Noon + minute, 10, minute % 2 == 0 ? 5 : 6, Noon - 1);
        }

        Assert.InRange(evidence.Buckets.Count, 20, 60);
        Assert.Equal(28_800, evidence.Buckets.Sum(bucket => bucket.Known));
        Assert.Equal(Noon + 2_879, evidence.Buckets[^1].First);
        Assert.All(evidence.Buckets.Zip(evidence.Buckets.Skip(1)), pair => Assert.True(pair.First.Last < pair.Second.First));
    }

    [Fact]
    public void What_is_older_than_asked_for_is_forgotten()
    {
        var evidence = Evidence((Noon, 10, 5));

        evidence.Add(Noon + 3_000, 4, 2, Noon + 120);

        Assert.Equal(4, evidence.Buckets.Sum(bucket => bucket.Known));
    }

    [Theory]
    [InlineData(0.3, 0.0, 60)]
    [InlineData(0.55, 0.0, 25)]
    [InlineData(0.8, 0.2, 25)]
    [InlineData(0.6, 0.1, 40)]
    public void A_route_that_fails_all_at_once_is_judged_by_what_came_after_it(double before, double after, int most)
    {
        var (evidence, random) = (new RouteEvidence(), new RouteDraws(1));
        for (var minute = 0; minute < 600; minute++)
        {
            evidence.Add(Noon + minute, 2, Draw(random, 2, before), 0);
        }

        var attempts = 0;
        while (evidence.Since == 0 && attempts < 200)
        {
            evidence.Add(Noon + 600 + attempts, 1, Draw(random, 1, after), 0);
            attempts++;
        }

        Assert.InRange(attempts, 5, most);
        Assert.InRange(evidence.Since, Noon + 550, Noon + 620);
        Assert.True(new RouteBelief(before, Known(evidence).Known, Known(evidence).Verified).Mean < before);

        static WeighedEvidence Known(RouteEvidence of) =>
            of.Weigh(Noon + 700, HalfLife.TotalMinutes) is var shown
                ? shown with { Known = shown.KnownSince, Verified = shown.VerifiedSince }
                : default;
    }

    [Fact]
    public void A_route_that_does_not_change_is_hardly_ever_thought_to()
    {
        var changes = 0;
        for (var seed = 0; seed < 50; seed++)
        {
            var (evidence, random) = (new RouteEvidence(), new RouteDraws((ulong)seed));
            for (var minute = 0; minute < 1_440; minute++)
            {
                changes += evidence.Add(Noon + minute, 2, Draw(random, 2, 0.6), 0) ? 1 : 0;
            }
        }

        Assert.InRange(changes, 0, 15);
    }

    [Fact]
    public void What_came_before_a_change_no_longer_counts_for_the_route_but_for_its_operator()
    {
        var evidence = Evidence((Noon, 400, 240), (Noon + 1, 40, 0));

        var routes = Routes(Noon + 1, ("one", "EE", "telia", evidence));

        Assert.Equal(Noon + 1, routes.BeliefIn(Key("one", "EE", "telia")).Changed);
        Assert.InRange(routes.BeliefIn(Key("one", "EE", "telia")).Mean, 0.01, 0.3);
        Assert.InRange(routes.BeliefIn(Key("other", "EE", "telia")).Mean, 0.45, 0.55);
    }

    [Fact]
    public void The_prior_of_a_route_is_how_its_provider_does_in_the_country_and_that_how_it_does_everywhere()
    {
        var routes = Routes(
            Noon,
            ("good", "EE", "telia", Evidence((Noon, 500, 400))),
            ("bad", "EE", "telia", Evidence((Noon, 500, 200))),
            ("usual", "EE", "elisa", Evidence((Noon, 500, 300))));

        // At another operator of the country, in another country, and of a provider that nobody has tried.
        Assert.True(Mean("good", "EE", "tele2") > Mean("usual", "EE", "tele2"));
        Assert.True(Mean("usual", "EE", "tele2") > Mean("bad", "EE", "tele2"));
        Assert.True(Mean("good", "FI", "dna") > Mean("bad", "FI", "dna"));
        Assert.True(Mean("untried", "EE", "tele2") < Mean("usual", "EE", "tele2"));

        double Mean(string provider, string country, string of) => routes.BeliefIn(Key(provider, country, of)).Mean;
    }

    [Fact]
    public void A_provider_that_serves_difficult_operators_is_not_thought_bad_elsewhere()
    {
        var routes = Routes(
            Noon,
            ("hard", "EE", "telia", Evidence((Noon, 500, 150))),
            ("easy", "EE", "elisa", Evidence((Noon, 500, 400))),
            ("easy", "EE", "telia", Evidence((Noon, 500, 140))));

        Assert.True(routes.BeliefIn(Key("hard", "EE", "tele2")).Mean >= routes.BeliefIn(Key("easy", "EE", "tele2")).Mean - 0.02);
    }

    [Fact]
    public void A_route_that_never_verified_speaks_against_its_provider_and_not_against_its_operator()
    {
        var routes = Routes(Noon, ("broken", "EE", "telia", Evidence((Noon, 30, 0))));

        Assert.InRange(routes.BeliefIn(Key("broken", "EE", "telia")).Mean, 0, 0.1);
        Assert.InRange(routes.BeliefIn(Key("other", "EE", "telia")).Mean, 0.4, 0.5);
    }

    [Fact]
    public void A_belief_gets_narrower_with_what_is_known()
    {
        var (few, many) = (new RouteBelief(0.5, 10, 6), new RouteBelief(0.5, 1_000, 600));

        Assert.True(few.High - few.Low > 2 * (many.High - many.Low));
        Assert.All((RouteBelief[])[few, many, new(0.99, 0, 0), new(0.01, 5_000, 0)], belief =>
        {
            Assert.InRange(belief.Mean, belief.Low, belief.High);
            Assert.InRange(belief.Low, 0, 1);
            Assert.InRange(belief.High, 0, 1);
        });
    }

    [Fact]
    public void Without_any_evidence_the_configured_order_stays_whatever_the_prices_are()
    {
        RouteOption[] options = [new("dear", 0.03), new("cheap", 0.001), new("none", null)];

        var weighed = RouteChooser.Weigh(options, name => LearnedRoutes.Nothing.BeliefIn(Key(name, "EE", "telia")), null);

        Assert.Equal(["dear", "cheap", "none"], weighed.Select(route => route.Provider));
    }

    [Theory]
    [InlineData(null, 0.50, 0.52, "cheap")]
    [InlineData(null, 0.30, 0.60, "dear")]
    [InlineData(0.02, 0.30, 0.60, "cheap")]
    public void A_step_goes_where_value_times_conversion_less_price_is_greatest(double? value, double cheap, double dear, string best)
    {
        RouteOption[] options = [new("dear", 0.02), new("cheap", 0.01)];
        var beliefs = new Dictionary<string, RouteBelief>
        {
            ["cheap"] = new(cheap, 1_000, 1_000 * cheap, IsTried: true),
            ["dear"] = new(dear, 1_000, 1_000 * dear, IsTried: true),
        };

        Assert.Equal(best, RouteChooser.Choose(options, name => beliefs[name], value, 0, new RouteDraws(1)).Routes[0].Provider);
    }

    [Fact]
    public void Without_prices_the_conversion_alone_decides()
    {
        RouteOption[] options = [new("one", null), new("two", null)];
        var weighed = RouteChooser.Weigh(options, name => new RouteBelief(name == "two" ? 0.61 : 0.6, 0, 0), 5);

        Assert.Equal("two", weighed[0].Provider);
        Assert.Equal(0.61, weighed[0].Worth, 9);
    }

    [Fact]
    public void A_provider_whose_price_is_not_known_is_taken_for_as_dear_as_the_dearest()
    {
        RouteOption[] options = [new("unknown", null), new("cheap", 0.01), new("dear", 0.02)];

        var weighed = RouteChooser.Weigh(options, _ => new RouteBelief(0.6, 100, 60, IsTried: true), null);

        Assert.Equal(["cheap", "unknown", "dear"], weighed.Select(route => route.Provider));
    }

    /// <summary>Over many beliefs, prices and seeds.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.01)]
    [InlineData(0.05)]
    public void No_more_is_explored_than_configured_and_nothing_at_0(double exploration)
    {
        var (random, draws) = (new RouteDraws(7), new RouteDraws(7));
        for (var world = 0; world < 20; world++)
        {
            var beliefs = Enumerable.Range(0, 4).ToDictionary(
                by => $"{by}", _ => new RouteBelief(random.Next(), 5 * random.Next(), 0, IsTried: true));
            RouteOption[] options = [.. beliefs.Keys.Select(name => new RouteOption(name, random.Next()))];
            var best = RouteChooser.Weigh(options, name => beliefs[name], null)[0].Provider;
            var choices = Enumerable.Range(0, 4_000)
                .Select(_ => RouteChooser.Choose(options, name => beliefs[name], null, exploration, draws)).ToArray();

            Assert.All(choices, choice => Assert.Equal(choice.IsExploring, choice.Routes[0].Provider != best));
            Assert.All(choices, choice => Assert.Equal(4, choice.Routes.Select(route => route.Provider).Distinct().Count()));
            Assert.InRange(choices.Count(choice => choice.IsExploring), 0, (4_000 * exploration) + (4 * Math.Sqrt(4_000 * exploration)));
        }
    }

    [Fact]
    public void The_same_seed_chooses_alike()
    {
        RouteOption[] options = [new("one", 1), new("two", 1), new("three", 1)];

        Assert.Equal(Choices(3), Choices(3));
        Assert.NotEqual(Choices(3), Choices(4));

        string[] Choices(int seed)
        {
            var draws = new RouteDraws((ulong)seed);
            return
            [
                .. Enumerable.Range(0, 2_000).Select(_ =>
                    RouteChooser.Choose(options, _ => new RouteBelief(0.5, 3, 1), null, 0.05, draws).Routes[0].Provider),
            ];
        }
    }

    [Theory]
    [InlineData(0.6, 0.4)]
    [InlineData(3, 1.5)]
    [InlineData(400, 600)]
    public void Draws_have_the_mean_and_the_spread_of_the_distribution(double alpha, double beta)
    {
        var source = new RouteDraws(5);
        double[] draws = [.. Enumerable.Range(0, 40_000).Select(_ => source.NextBeta(alpha, beta))];
        var (mean, sum) = (alpha / (alpha + beta), alpha + beta);
        var deviation = Math.Sqrt(mean * (1 - mean) / (sum + 1));

        Assert.All(draws, draw => Assert.InRange(draw, 0, 1));
        Assert.Equal(mean, draws.Average(), 5 * deviation / 200);
        Assert.Equal(deviation, Math.Sqrt(draws.Average(draw => Math.Pow(draw - mean, 2))), deviation / 20);
    }

    /// <summary>The bench's simulation, short; its goals are measured over 200 seeds (docs/routing.md).</summary>
    [Fact]
    public void Learned_routing_is_worth_more_than_a_configured_order_and_leaves_silent_failures()
    {
        SimulatedRun[] runs = [.. Enumerable.Range(1, 3).Select(seed => RoutingSimulation.Run(seed, new WorldOptions(36, 24, 6)))];
        var unlearned = RoutingSimulation.Run(1, new WorldOptions(36, 24, 6), learns: false);

        Assert.True(Worth(runs, run => run.ByLearning) > 1.02 * Worth(runs, run => run.ByOrder));
        Assert.True(Worth(runs, run => run.ByLearning) > 0.95 * Worth(runs, run => run.ByOracle));
        Assert.InRange(runs.Sum(run => run.Explored) / (double)runs.Sum(run => run.Choices), 0.001, 0.05);
        Assert.NotEmpty(runs.SelectMany(run => run.Leavings));
        Assert.All(runs.SelectMany(run => run.Leavings), left => Assert.InRange(left.Known, 0, 60));
        Assert.False(Worth([unlearned], run => run.ByLearning) > 1.02 * Worth([unlearned], run => run.ByOrder));
        Assert.Empty(unlearned.Leavings);

        static double Worth(SimulatedRun[] runs, Func<SimulatedRun, Takings[]> by) => runs.SelectMany(by).Sum(takings => takings.Worth);
    }

    private static RouteKey Key(string provider, string country, string of) => new(provider, "call", country, of);

    private static RouteEvidence Evidence(params (long Minute, int Known, int Verified)[] minutes)
    {
        var evidence = new RouteEvidence();
        foreach (var (minute, known, verified) in minutes)
        {
            evidence.Add(minute, known, verified, 0);
        }

        return evidence;
    }

    private static LearnedRoutes Routes(
        long now, params (string Provider, string Country, string Operator, RouteEvidence Evidence)[] routes) =>
        new(routes.Select(route => KeyValuePair.Create(Key(route.Provider, route.Country, route.Operator), route.Evidence)), now, HalfLife);

    private static int Draw(RouteDraws random, int tries, double rate) => Enumerable.Range(0, tries).Count(_ => random.Next() < rate);
}
