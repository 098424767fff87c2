using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FlashFunctions.Core;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Verifications;
using FlashFunctions.Core.Workflows;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>What came of the schedules.</summary>
/// <param name="Exhausted">Schedules of the small scenarios, all that there are.</param>
/// <param name="Random">Random schedules of larger ones.</param>
/// <param name="Broken">Rules that were broken, with the schedule.</param>
/// <param name="Seen">How often what was seen: verified, superseded, a lost race and so on.</param>
internal sealed record InterleavingResult(int Exhausted, int Random, IReadOnlyList<string> Broken, IReadOnlyDictionary<string, int> Seen);

/// <summary>
/// Runs acceptor, guard, dispatch and check of one number at the same time, on tables and queues that let one call through at a time, in
/// every order for small scenarios and in random orders for larger ones. Whatever the order: no more sends than the budget, one ring a
/// step, one acceptance a code, no more wrong codes than allowed, one live verification.
/// </summary>
internal sealed class InterleavingRun : IDisposable
{
    private const int SendsPerTenMinutes = 3;
    private const int WrongPerRequest = 3;
    private const int WrongPerDay = 4;

    private readonly int _mostOfAScenario;
    private readonly bool _alwaysCools;
    private readonly Ports _ports = new();
    private readonly SteppingTime _time = new();
    private readonly RingingProvider _provider;
    private readonly Dictionary<bool, ServiceProvider> _services;
    private readonly Dictionary<string, TurnTable> _tables;
    private readonly List<string> _broken = [];
    private readonly Dictionary<string, int> _seen = new(StringComparer.Ordinal);
    private int _number;

    /// <summary>Makes one.</summary>
    /// <param name="mostOfAScenario">Schedules of one small scenario at most.</param>
    /// <param name="alwaysCools">
    /// False: half of the random schedules run without a cool-down (<c>Guard:CoolDownSeconds</c> 0). Then a newer verification may come
    /// between the guard's write and the insert of the one before, which it cannot end yet, and both are live: see docs/proof.md.
    /// </param>
    public InterleavingRun(int mostOfAScenario = 20_000, bool alwaysCools = true)
    {
        (_mostOfAScenario, _alwaysCools) = (mostOfAScenario, alwaysCools);
        _provider = new RingingProvider(_ports);
        _tables = TableNames.All.ToDictionary(name => name, _ => new TurnTable(_ports), StringComparer.Ordinal);
        _services = new Dictionary<bool, ServiceProvider> { [true] = Services(coolDown: 30), [false] = Services(coolDown: 0) };
    }

    /// <summary>The command line.</summary>
    public static Command Command()
    {
        var schedules = new Option<int>("-n") { Description = "Random schedules, 1 to 10,000,000.", DefaultValueFactory = _ => 100_000 };
        var seed = new Option<ulong>("--seed") { Description = "Repeats them.", DefaultValueFactory = _ => 1 };
        var noCoolDown = new Option<bool>(
            "--no-cool-down")
        { Description = "Half of the random schedules without a cool-down between calls." };
        var command = new Command(
            "interleave", "Runs acceptor, guard, dispatch and check side by side in every or many orders, and looks whether a rule breaks.")
        {
            schedules, seed, noCoolDown,
        };
        command.SetAction(parsed =>
        {
            using var run = new InterleavingRun(alwaysCools: !parsed.GetValue(noCoolDown));
            var result = run.Run(Math.Clamp(parsed.GetValue(schedules), 1, 10_000_000), parsed.GetValue(seed));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                interleavings  {result.Exhausted} schedules that are all of small scenarios, {result.Random} random ones (seed {parsed.GetValue(seed)})
                seen           {string.Join(", ", result.Seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Value} {pair.Key}"))}
                broken         {result.Broken.Count}
                """));
            foreach (var line in result.Broken.Take(10))
            {
                Console.WriteLine(line);
            }

            return result.Broken.Count == 0 ? 0 : 1;
        });
        return command;
    }

    /// <summary>Every order of each small scenario, then so many random schedules.</summary>
    public InterleavingResult Run(int schedules, ulong seed)
    {
        var exhausted = 0;
        foreach (var (name, isCooled, scenario) in SmallScenarios)
        {
            exhausted += Exhaust(name, isCooled, scenario);
        }

        var dice = new Dice(seed);
        for (var schedule = 0; schedule < schedules; schedule++)
        {
            var own = dice.For(schedule);
            RunOne(
                $"random schedule {schedule} of seed {seed}",
                own.Percent(50) || _alwaysCools,
                own.Below,
                world => Large(world, own),
                own.Percent(20) ? () => own.Percent(2) : null);
        }

        return new InterleavingResult(exhausted, schedules, _broken, _seen);
    }

    public void Dispose()
    {
        foreach (var services in _services.Values)
        {
            services.Dispose();
        }
    }

    private static (string Name, bool IsCooled, Action<World> Scenario)[] SmallScenarios =>
    [
        ("two verifications of a number at once", true, world =>
        {
            world.Verify();
            world.Verify();
        }),
        ("a verification supersedes one whose code is checked", false, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Verify();
        }),
        ("a job that comes twice", true, world =>
        {
            world.StartWithoutWorkers();
            world.DeliverKept();
            world.DeliverKept();
        }),
        ("a job that comes three times", true, world =>
        {
            world.StartWithoutWorkers();
            world.DeliverKept();
            world.DeliverKept();
            world.DeliverKept();
        }),
        ("a right code twice", true, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Check(isRight: true);
        }),
        ("three wrong codes and the right one", true, world =>
        {
            world.Start();
            world.CheckNow(isRight: false);
            world.CheckNow(isRight: false);
            world.Check(isRight: false);
            world.Check(isRight: true);
        }),
        ("a right code, a cancellation and the next step", false, world =>
        {
            world.Start();
            world.Check(isRight: true);
            world.Cancel();
        }),
        ("the next step twice", false, world =>
        {
            world.Start();
            world.Next();
            world.Next();
        }),
    ];

    /// <summary>Some verifications, checks, cancellations and jobs that come twice, while the clock goes on.</summary>
    private static void Large(World world, Dice dice)
    {
        world.Doubles = () => dice.Percent(25);
        world.Then = id =>
        {
            for (var guess = dice.Below(5); guess > 0; guess--)
            {
                world.Check(id, isRight: dice.Percent(35));
            }

            if (dice.Percent(25))
            {
                world.Cancel(id);
            }

            if (dice.Percent(40))
            {
                world.Next(id);
            }
        };
        var key = dice.Percent(30) ? "same" : null;
        for (var call = dice.From(1, 4); call > 0; call--)
        {
            world.Verify(key);
        }

        for (var pause = dice.Below(3); pause > 0; pause--)
        {
            world.Pass(TimeSpan.FromSeconds(31));
        }
    }

    /// <summary>All orders of a scenario, depth first: each run follows a prefix of choices and then takes the first of each.</summary>
    private int Exhaust(string name, bool isCooled, Action<World> scenario)
    {
        var path = new List<(int Choice, int Of)>();
        for (var schedules = 1; ; schedules++)
        {
            var depth = 0;
            RunOne($"{name}, schedule {schedules}", isCooled, Choose, scenario, null);
            while (path.Count > 0 && path[^1].Choice + 1 >= path[^1].Of)
            {
                path.RemoveAt(path.Count - 1);
            }

            if (path.Count == 0 || schedules == _mostOfAScenario)
            {
                return schedules;
            }

            path[^1] = (path[^1].Choice + 1, path[^1].Of);

            int Choose(int waiting)
            {
                if (depth == path.Count)
                {
                    path.Add((0, waiting));
                }

                return Math.Min(path[depth++].Choice, waiting - 1);
            }
        }
    }

    private void RunOne(string name, bool isCooled, Func<int, int> choose, Action<World> scenario, Func<bool>? losesAnswer)
    {
        foreach (var table in _tables.Values)
        {
            table.Clear();
        }

        _provider.Clear();
        var number = string.Create(CultureInfo.InvariantCulture, $"+49150{_number++ % 100_000_000:D8}");
        var world = new World(_services[isCooled], _time, number);
        _ports.Sent = world.Take;
        _ports.LosesAnswer = () => false;
        _ports.Turns = world.Turns = new TurnByTurn(choose);
        world.Turns.Run(() =>
        {
            scenario(world);
            _ports.LosesAnswer = losesAnswer ?? (() => false);
        });
        world.Turns.IsOn = false;
        _ports.LosesAnswer = () => false;
        foreach (var (what, times) in world.Seen)
        {
            _seen[what] = _seen.GetValueOrDefault(what) + times;
        }

        _broken.AddRange(Broken(world).Select(rule => $"{name}: {rule}"));
        _time.Advance(TimeSpan.FromDays(2));
    }

    private IEnumerable<string> Broken(World world)
    {
        var steps = _provider.Rings.GroupBy(
            ring => (ring.RequestId, world.Stored(ring.RequestId)?.Attempts.ElementAtOrDefault(ring.Number)?.Step));
        foreach (var step in steps.Where(step => step.Count() > 1))
        {
            yield return $"step {step.Key.Step} of {step.Key.RequestId} rang {step.Count()} times";
        }

        if (_provider.Rings.Count > SendsPerTenMinutes)
        {
            yield return $"{_provider.Rings.Count} sends, and {SendsPerTenMinutes} are allowed";
        }

        foreach (var (id, times) in world.Verified.Where(pair => pair.Value > 1))
        {
            yield return $"the code of {id} was accepted {times} times";
        }

        foreach (var (id, times) in world.Wrong.Where(pair => pair.Value > WrongPerRequest))
        {
            yield return $"{id} took {times} wrong codes";
        }

        if (world.Wrong.Values.Sum() > WrongPerDay)
        {
            yield return $"the number took {world.Wrong.Values.Sum()} wrong codes, and {WrongPerDay} are allowed";
        }

        var live = world.Accepted.Distinct(StringComparer.Ordinal).Where(id => world.Stored(id) is { EndedAt: null }).ToArray();
        if (live.Length > 1)
        {
            yield return $"{live.Length} verifications are live";
        }

        foreach (var problem in world.Problems)
        {
            yield return problem;
        }
    }

    private ServiceProvider Services(int coolDown)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Service:PublicAddress"] = "http://service.test",
            ["DevelopmentAccount:KeyId"] = "dev",
            ["DevelopmentAccount:Secret"] = "dev-secret",
            ["Guard:CoolDownSeconds"] = $"{coolDown}",
            ["Guard:SendsPerTenMinutes"] = $"{SendsPerTenMinutes}",
            ["Guard:WrongCodesPerRequest"] = $"{WrongPerRequest}",
            ["Guard:WrongCodesPerDay"] = $"{WrongPerDay}",
        }).Build();
        var services = new ServiceCollection();
        services.AddLogging().AddSingleton<IConfiguration>(configuration).AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IHostEnvironment>(
            new HostingEnvironment { EnvironmentName = Environments.Development, ApplicationName = "interleavings" });
        services.AddCore(configuration);
        services.RemoveAll<IProvider>().AddSingleton<IProvider>(_provider);
        foreach (var (name, table) in _tables)
        {
            services.AddKeyedSingleton<ITable>(name, table);
        }

        foreach (var name in QueueNames.All.SelectMany(name => new[] { name, name + QueueNames.PoisonSuffix }))
        {
            services.AddKeyedSingleton<IWorkQueue>(name, new TurnQueue(name, _ports));
        }

        return services.BuildServiceProvider();
    }
}

/// <summary>One schedule: a number, those who act, and what they were answered.</summary>
internal sealed class World(ServiceProvider services, SteppingTime time, string number)
{
    private static readonly TimeSpan TooLate = TimeSpan.FromSeconds(40);
    private readonly List<string> _kept = [];
    private bool _keeps;

    public TurnByTurn Turns { get; set; } = null!;

    public List<string> Accepted { get; } = [];

    public Dictionary<string, int> Verified { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Wrong { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    public List<string> Problems { get; } = [];

    /// <summary>Whether a job comes twice.</summary>
    public Func<bool> Doubles { get; set; } = () => false;

    /// <summary>What follows once a verification was accepted.</summary>
    public Action<string>? Then { get; set; }

    private Account Account =>
        services.GetRequiredService<DevelopmentAccount>().Account with { CallKeyId = "dev", CallMayBeTrusted = true };

    /// <summary>A verification of the number is asked for.</summary>
    public void Verify(string? key = null) => Add(() => VerifyAsync(key));

    /// <summary>The same before the schedule begins, with its first step placed.</summary>
    public void Start()
    {
        Turns.WithoutTurns(() => VerifyAsync(null));
        if (Accepted.Count != 1)
        {
            Problems.Add("it was not accepted");
        }
    }

    /// <summary>The same, but its jobs are kept.</summary>
    public void StartWithoutWorkers()
    {
        _keeps = true;
        Start();
    }

    /// <summary>A kept job comes.</summary>
    public void DeliverKept() => Add(() => DispatchAsync(_kept[0]));

    public void Check(bool isRight) => Check(Accepted[0], isRight);

    public void Check(string id, bool isRight) => Add(() => CheckAsync(id, isRight));

    /// <summary>The same before the schedule begins.</summary>
    public void CheckNow(bool isRight) => Turns.WithoutTurns(() => CheckAsync(Accepted[0], isRight));

    public void Cancel() => Cancel(Accepted[0]);

    public void Cancel(string id) => Add(async () =>
    {
        var answer = await services.GetRequiredService<CancelUseCase>().RunAsync(Account.Id, id, CancellationToken.None);
        See(answer.TryGet(out _, out _) ? "canceled" : "not canceled");
    });

    public void Next() => Next(Accepted[0]);

    public void Next(string id) => Add(async () =>
    {
        var answer = await services.GetRequiredService<NextUseCase>().RunAsync(Account.Id, id, CancellationToken.None);
        See(answer.TryGet(out _, out _) ? "next steps" : "no next step");
    });

    /// <summary>The clock goes on.</summary>
    public void Pass(TimeSpan by) => Add(() =>
    {
        time.Advance(by);
        return Task.CompletedTask;
    });

    /// <summary>Takes what is sent to a queue: a job is processed by somebody, now and then by two.</summary>
    public void Take(string queue, string message, TimeSpan delay)
    {
        if (queue != QueueNames.Dispatch || delay > TooLate)
        {
            return;
        }

        if (_keeps)
        {
            _kept.Add(message);
            return;
        }

        Add(() => DispatchAsync(message));
        if (Doubles())
        {
            See("jobs twice");
            Add(() => DispatchAsync(message));
        }
    }

    /// <summary>A request as it is stored, which takes nobody's turn.</summary>
    public RequestRecord? Stored(string id)
    {
        RequestRecord? found = null;
        Turns.WithoutTurns(
            async () => found =
                (await services.GetRequiredService<RequestStore>().ReadAsync(RequestId.Parse(id, null), CancellationToken.None))?.Value);
        return found;
    }

    private async Task VerifyAsync(string? key)
    {
        var fields = Fields(("number", number), ("workflow", null));
        fields.Key = key is null ? null : new IdempotencyKey($"{key}{number[1..]}", "call");
        var answer = await services.GetRequiredService<VerifyUseCase>().RunAsync(Account, fields, CancellationToken.None);
        if (!answer.TryGet(out var accepted, out var problem))
        {
            See($"refused with {problem.ErrorCode}");
            return;
        }

        See("accepted");
        var id = accepted.Request.Id.Text;
        var isNew = !Accepted.Contains(id);
        Accepted.Add(id);
        if (isNew)
        {
            Then?.Invoke(id);
        }
    }

    private async Task CheckAsync(string id, bool isRight)
    {
        var ours = Stored(id) is { } stored ? services.GetRequiredService<Codes>().Ours(stored)! : "0000";
        var code = isRight ? ours : ours == "5555" ? "5556" : "5555";
        var fields = Fields(("requestId", id), ("code", code));
        switch (await services.GetRequiredService<CheckUseCase>().RunAsync(Account.Id, fields, CancellationToken.None))
        {
            case CheckOutcome.Verified when !isRight:
                Problems.Add($"a wrong code verified {id}");
                break;
            case CheckOutcome.Verified:
                See("verified");
                Verified[id] = Verified.GetValueOrDefault(id) + 1;
                break;
            case CheckOutcome.WrongCode:
                See(isRight ? "right codes too early" : "wrong codes");
                Wrong[id] = Wrong.GetValueOrDefault(id) + 1;
                break;
            case CheckOutcome.Refused refused:
                See($"checks refused with {refused.Problem.ErrorCode}");
                break;
        }
    }

    private Task DispatchAsync(string message) =>
        services.GetRequiredService<StepDispatcher>().RunAsync(StepQueue.Read(message), CancellationToken.None);

    private static Fields Fields(params (string Name, string? Value)[] values) => new(
        values.ToDictionary(
            value => value.Name,
            value => value.Value is { } text
                ? JsonSerializer.SerializeToElement(text)
                : JsonElement.Parse("""[{"method":"call","wait":30},{"method":"call","wait":30},{"method":"call"}]"""),
            StringComparer.Ordinal),
        null);

    /// <summary>Somebody acts. What the store's lost answers make of that is a 503 for a caller and a redelivery for a job.</summary>
    private void Add(Func<Task> act)
    {
        Turns.Add(async () =>
        {
            try
            {
                await act();
            }
            catch (StorageUnavailableException)
            {
                See("lost answers");
            }
        });
    }

    private void See(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}

/// <summary>A provider whose call takes a turn, and of which some are unclear or not sent.</summary>
internal sealed class RingingProvider(Ports ports) : IProvider
{
    private readonly List<AttemptKey> _rings = [];
    private int _calls;

    public string Name => "unibell";

    /// <summary>Every ring, by its attempt.</summary>
    public IReadOnlyList<AttemptKey> Rings => _rings;

    public void Clear()
    {
        _calls = 0;
        _rings.Clear();
    }

    public Capability? CapabilityFor(Channel channel, int codeLength) =>
        channel == Channel.Call ? new Capability(CodeSource.Ours, TimeSpan.FromSeconds(30)) : null;

    public async Task<PlaceOutcome> PlaceAsync(Placement placement, CancellationToken cancellationToken)
    {
        await ports.Turns.TurnAsync();
        var call = ++_calls;
        if (call % 5 == 4)
        {
            return new PlaceOutcome.NotSent("HTTP 503");
        }

        _rings.Add(placement.Attempt);
        await ports.Turns.TurnAsync();
        return call % 5 == 2
            ? new PlaceOutcome.Unclear("no answer")
            : new PlaceOutcome.Accepted($"ring-{placement.Attempt.RequestId}-{call}");
    }
}
