using System.CommandLine;
using System.Globalization;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>What came of the schedules.</summary>
/// <param name="Small">Schedules of each small scenario, and whether these are all that there are.</param>
/// <param name="Random">Random schedules of larger ones.</param>
/// <param name="Distinct">How many of the random ones differ from each other.</param>
/// <param name="Broken">Rules that were broken, with the schedule.</param>
/// <param name="Seen">How often what was seen: verified, superseded, a lost race and so on.</param>
internal sealed record InterleavingResult(
    IReadOnlyList<(string Name, int Schedules, bool AreAll)> Small,
    int Random,
    int Distinct,
    IReadOnlyList<string> Broken,
    IReadOnlyDictionary<string, int> Seen)
{
    /// <summary>Schedules that differ from each other.</summary>
    public int Total => Small.Sum(scenario => scenario.Schedules) + Distinct;
}

/// <summary>
/// Runs acceptor, guard, dispatch and check of one number at the same time, on tables and queues that let one call through at a time, in
/// every order for small scenarios and in random orders for larger ones. Whatever the order: no more sends than the budget, one ring a
/// step, one acceptance a code, no more wrong codes than allowed, one live verification.
/// </summary>
/// <param name="mostOfAScenario">Schedules of one small scenario at most.</param>
/// <param name="workers">Schedules that are run at the same time, each on a service of its own.</param>
internal sealed class InterleavingRun(int mostOfAScenario = 20_000, int workers = 1)
{
    /// <summary>The first random schedule, 0 by default; another goes on with an earlier run, or repeats one schedule of it.</summary>
    public int First { get; init; }

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var schedules = new Option<int>("-n") { Description = "Random schedules, 1 to 1,000,000.", DefaultValueFactory = _ => 100_000 };
        var small = new Option<int>("--small")
        {
            Description = "Schedules of each small scenario at most, 1 to 100,000.",
            DefaultValueFactory = _ => 20_000,
        };
        var seed = new Option<ulong>("--seed") { Description = "Repeats them.", DefaultValueFactory = _ => 1 };
        var from = new Option<int>("--from") { Description = "The first random schedule, 0 to 1,000,000.", DefaultValueFactory = _ => 0 };
        var command = new Command(
            "interleave", "Runs acceptor, guard, dispatch and check side by side in every or many orders, and looks whether a rule breaks.")
        {
            schedules, small, seed, from,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var began = TimeProvider.System.GetTimestamp();
            var run = new InterleavingRun(Math.Clamp(parsed.GetValue(small), 1, 100_000), Environment.ProcessorCount)
            {
                First = Math.Clamp(parsed.GetValue(from), 0, 1_000_000),
            };
            var result = await run.RunAsync(
                Math.Clamp(parsed.GetValue(schedules), 1, 1_000_000), parsed.GetValue(seed), cancellationToken);
            Write(result, parsed.GetValue(seed), TimeProvider.System.GetElapsedTime(began));
            return result.Broken.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Every order of each small scenario, then so many random schedules.</summary>
    public async Task<InterleavingResult> RunAsync(int schedules, ulong seed, CancellationToken cancellationToken)
    {
        var runners = Enumerable.Range(0, workers).Select(_ => new ScheduleRunner()).ToArray();
        try
        {
            var small = new (string Name, int Schedules, bool AreAll)[Scenarios.Small.Count];
            var signatures = new ulong[schedules];
            var next = -1;
            await Task.WhenAll(runners.Select(runner => Task.Run(
                () =>
                {
                    // The small scenarios first: a worker takes a whole one, and then one random schedule at a time.
                    for (var item = Interlocked.Increment(ref next);
                        item < small.Length + schedules && !cancellationToken.IsCancellationRequested;
                        item = Interlocked.Increment(ref next))
                    {
                        if (item < small.Length)
                        {
                            small[item] = Exhaust(runner, item);
                        }
                        else
                        {
                            signatures[item - small.Length] = RunRandom(runner, First + item - small.Length, seed);
                        }
                    }
                },
                cancellationToken)));
            return new InterleavingResult(
                small,
                schedules,
                signatures.Distinct().Count(),
                [.. runners.SelectMany(runner => runner.Broken)],
                runners.SelectMany(runner => runner.Seen)
                    .GroupBy(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal)
                    .ToDictionary(what => what.Key, what => what.Sum(), StringComparer.Ordinal));
        }
        finally
        {
            Array.ForEach(runners, runner => runner.Dispose());
        }
    }

    /// <summary>A larger scenario in a random order; half of them without a cool-down, some with a store that loses answers.</summary>
    private ulong RunRandom(ScheduleRunner runner, int schedule, ulong seed)
    {
        var dice = new Dice(seed).For(schedule);
        return runner.Run(
            $"random schedule {schedule} of seed {seed}",
            (Scenarios.Small.Count * mostOfAScenario) + schedule,
            isCooled: dice.Percent(50),
            dice.Below,
            world => Scenarios.Large(world, dice),
            dice.Percent(20) ? () => dice.Percent(2) : null);
    }

    /// <summary>All orders of a scenario, depth first: each run follows a prefix of choices and then takes the first of each.</summary>
    private (string Name, int Schedules, bool AreAll) Exhaust(ScheduleRunner runner, int scenario)
    {
        var (name, isCooled, begin) = Scenarios.Small[scenario];
        var path = new List<(int Choice, int Of)>();
        for (var schedules = 1; ; schedules++)
        {
            var depth = 0;
            runner.Run($"{name}, schedule {schedules}", (scenario * mostOfAScenario) + schedules, isCooled, Choose, begin, null);
            while (path.Count > 0 && path[^1].Choice + 1 >= path[^1].Of)
            {
                path.RemoveAt(path.Count - 1);
            }

            if (path.Count == 0 || schedules == mostOfAScenario)
            {
                return (name, schedules, path.Count == 0);
            }

            path[^1] = (path[^1].Choice + 1, path[^1].Of);

            int Choose(int waiting)
            {
                if (depth == path.Count)
                {
                    path.Add((0, waiting));
                }

                return path[depth++] is var (choice, of) && of == waiting
                    ? choice
                    : throw new InvalidOperationException($"{name}: the same choices led to another schedule.");
            }
        }
    }

    private static void Write(InterleavingResult result, ulong seed, TimeSpan took)
    {
        foreach (var (name, schedules, areAll) in result.Small)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{schedules,7} {(areAll ? "(all)" : "first"),-6} {name}"));
        }

        var seen = string.Join(
            ", ", result.Seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
            {result.Random,7} random, {result.Distinct} of them distinct (seed {seed})
            interleavings  {result.Total} in {took.TotalMinutes:F1} minutes
            seen           {seen}
            broken         {result.Broken.Count}
            """));
        foreach (var line in result.Broken.Take(10))
        {
            Console.WriteLine(line);
        }
    }
}
