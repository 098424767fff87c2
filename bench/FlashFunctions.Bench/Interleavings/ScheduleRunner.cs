using System.Globalization;
using FlashFunctions.Core;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace FlashFunctions.Bench.Interleavings;

/// <summary>Runs one schedule after the other, each on a service of its own tables and queues, and looks whether it broke a rule.</summary>
internal sealed class ScheduleRunner : IDisposable
{
    private const int SendsPerTenMinutes = 3;
    private const int WrongPerRequest = 3;
    private const int WrongPerDay = 4;

    /// <summary>The tables whose order of calls a rule depends on.</summary>
    private static readonly string[] Ordered = [TableNames.Requests, TableNames.Guard, TableNames.Idempotency, TableNames.References];

    private readonly Ports _ports = new();
    private readonly SteppingTime _time = new();
    private readonly RingingProvider _provider;
    private readonly Dictionary<bool, ServiceProvider> _services;
    private readonly Dictionary<string, TurnTable> _tables;

    public ScheduleRunner()
    {
        _provider = new RingingProvider(_ports);
        _tables = TableNames.All.ToDictionary(
            name => name, name => new TurnTable(_ports, Ordered.Contains(name, StringComparer.Ordinal)), StringComparer.Ordinal);
        _services = new Dictionary<bool, ServiceProvider> { [true] = Services(coolDown: 30), [false] = Services(coolDown: 0) };
    }

    /// <summary>Rules that were broken, with the schedule.</summary>
    public List<string> Broken { get; } = [];

    /// <summary>How often what was seen.</summary>
    public Dictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs one. Gives what tells it from other schedules.</summary>
    /// <param name="name">What to call it where it breaks a rule.</param>
    /// <param name="ordinal">Chooses its number and the time at which it begins.</param>
    /// <param name="isCooled">Whether calls of verify and next have to be 30 seconds apart (<c>Guard:CoolDownSeconds</c>).</param>
    /// <param name="choose">Whose turn it is: 0 to n − 1 for n that wait.</param>
    /// <param name="begin">Adds those who act.</param>
    /// <param name="losesAnswer">Whether the answer to a write is lost; null: none is.</param>
    public ulong Run(
        string name, int ordinal, bool isCooled, Func<int, int> choose, Action<World> begin, Func<bool>? losesAnswer)
    {
        foreach (var table in _tables.Values)
        {
            table.Clear();
        }

        _provider.Clear();
        _time.Begin(ordinal);
        var number = string.Create(CultureInfo.InvariantCulture, $"+49150{ordinal % 100_000_000:D8}");
        var world = new World(_services[isCooled], _time, number);
        _ports.Sent = world.Take;
        _ports.LosesAnswer = () => false;
        _ports.Turns = world.Turns = _time.Turns = new TurnByTurn(choose);
        world.Turns.Run(() =>
        {
            begin(world);
            _ports.LosesAnswer = losesAnswer ?? (() => false);
        });
        world.Turns.IsOn = false;
        _time.Turns = null;
        _ports.LosesAnswer = () => false;
        foreach (var (what, times) in world.Seen)
        {
            Seen[what] = Seen.GetValueOrDefault(what) + times;
        }

        Broken.AddRange(BrokenIn(world).Select(rule => $"{name}: {rule}"));
        return world.Turns.Signature;
    }

    public void Dispose()
    {
        foreach (var services in _services.Values)
        {
            services.Dispose();
        }
    }

    private IEnumerable<string> BrokenIn(World world)
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
