using System.Net.Http.Headers;
using System.Text;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;
using Microsoft.Data.Sqlite;

namespace FlashFunctions.Bench.Chaos;

/// <summary>How a run is made.</summary>
internal sealed record ChaosSettings
{
    /// <summary>How long faults and load go on; after that nothing is disturbed any more until all has come to its end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Repeats the choice of numbers, workflows, people and faults; not the order in which processes happen to run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>True: Azurite with two instances of the service. False: the embedded store with one.</summary>
    public bool Azurite { get; init; }

    /// <summary>Verifications begun in a second of the wall's clock, where the machine keeps up.</summary>
    public int Rate { get; init; } = 25;

    /// <summary>How long a verification lives, at least and at most, in seconds of the service's clock.</summary>
    public (int Least, int Most) ExpiresIn { get; init; } = (90, 150);

    /// <summary>
    /// How fast the service's clock and the providers' run. Azurite's own clock is not sped up, so that its delayed messages come late.
    /// </summary>
    public int Speed { get; init; } = 1;

    /// <summary>The pause after a start and before the next kill, at least and at most, in milliseconds.</summary>
    public (int Least, int Most) KillAfter { get; init; } = (500, 5_000);

    /// <summary>The pause between two outages of the store, at least and at most, in milliseconds.</summary>
    public (int Least, int Most) OutageAfter { get; init; } = (15_000, 40_000);

    /// <summary>Verifications under way at most.</summary>
    public int MostOpen { get; init; } = 1_500;

    /// <summary>How long to wait at most, on the service's clock, until all has come to its end.</summary>
    public TimeSpan SettleLimit { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>A long run on the embedded store.</summary>
    public static ChaosSettings Embedded(TimeSpan duration) => new() { Duration = duration, Seed = 1, Rate = 40, Speed = 4 };

    /// <summary>
    /// A long run on Azurite, which carries a few verifications a second: fewer at once, so that what is accepted does not wait behind what
    /// nobody waits for any more, and instances that live long enough to have compiled themselves.
    /// </summary>
    public static ChaosSettings OnAzurite(TimeSpan duration) =>
        new() { Duration = duration, Seed = 1, Azurite = true, Rate = 6, MostOpen = 300, KillAfter = (1_000, 6_000) };
}

/// <summary>
/// Everything that is there: the store, the simulated providers and phones, a customer's backend, and the service's processes.
/// </summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    private readonly string _folder;
    private readonly ChaosSettings _settings;
    private readonly ServedInstance[] _instances;
    private readonly ServedProcess?[] _processes;
    private readonly bool[] _isUp;
    private readonly AzuriteServer? _azurite;

    private ChaosWorld(
        ChaosSettings settings, FastTime time, SimulatorApp simulator, Webhooks webhooks, Backend backend, AzuriteServer? azurite,
        string folder)
    {
        (_settings, Time, Simulator, Webhooks, Backend, _azurite, _folder) =
            (settings, time, simulator, webhooks, backend, azurite, folder);
        _instances =
        [
            .. Enumerable.Range(0, settings.Azurite ? 2 : 1).Select(
                _ =>
                    new ServedInstance(
                        ServedInstance.FreePort(), simulator.Address, azurite is null ? folder : null, azurite?.ConnectionString, time)),
        ];
        _processes = new ServedProcess?[_instances.Length];
        _isUp = new bool[_instances.Length];
        webhooks.Address = Address;
        Http = new HttpClient(
            new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) })
        { Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceHost.KeyId}:{ServiceHost.Secret}")));
    }

    public FastTime Time { get; }

    public SimulatorApp Simulator { get; }

    public Webhooks Webhooks { get; }

    public Backend Backend { get; }

    public HttpClient Http { get; }

    public ServedLog Log { get; } = new() { Canaries = [ServiceHost.Secret, SimulatorDefaults.BirdSigningKey, DevelopmentKeys.Key] };

    public int Instances => _instances.Length;

    public int Kills { get; private set; }

    /// <summary>Starts that ended by themselves, since the store was away.</summary>
    public int FailedStarts { get; private set; }

    public int Outages { get; private set; }

    public static async Task<ChaosWorld> StartAsync(ChaosSettings settings, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("flash-chaos-").FullName;
        var time = new FastTime(TimeProvider.System.GetUtcNow(), settings.Speed);
        var azurite = settings.Azurite
            ? await AzuriteServer.StartAsync(new AzuriteOptions { Folder = Path.Combine(folder, "azurite") }, cancellationToken)
            : null;
        var webhooks = new Webhooks(new Dice(settings.Seed).For(-1), time);
        var simulator = SimulatorApp.Create(
            new SimulatorOptions
            {
                Addresses = ServiceHost.CallbackAddresses(ServedInstance.PublicAddress),
                CallbackHandler = webhooks,
                Limits = new SimulatorLimits { Calls = 1_000_000, Phones = 1_000_000, Requests = 0, Callbacks = 0, CallbackTries = 6 },
                Delays = new SimulatorDelays { HangLimit = TimeSpan.FromSeconds(40), Late = TimeSpan.FromSeconds(30) },
            },
            time);
        await simulator.StartAsync(cancellationToken);
        var backend = await Backend.StartAsync(new Dice(settings.Seed).For(-2), cancellationToken);
        var world = new ChaosWorld(settings, time, simulator, webhooks, backend, azurite, folder);
        await Task.WhenAll(Enumerable.Range(0, world.Instances).Select(instance => world.RestartAsync(instance, cancellationToken)));
        return world;
    }

    /// <summary>
    /// An instance to send a call to: nine times in ten one that is up, as a load balancer chooses that looks at their health now and then.
    /// </summary>
    public Uri Address(Dice dice)
    {
        var up = Array.FindAll(_instances, instance => _isUp[Array.IndexOf(_instances, instance)]);
        return dice.Of(up.Length > 0 && dice.Percent(90) ? up : _instances).Address;
    }

    /// <summary>
    /// Kills one instance after the other at a random moment of its work, and starts it again, so that one is down at a time.
    /// </summary>
    public async Task KillAsync(Dice dice, CancellationToken cancellationToken)
    {
        for (var instance = 0; !cancellationToken.IsCancellationRequested; instance = (instance + 1) % Instances)
        {
            await Task.Delay(
                dice.Milliseconds(_settings.KillAfter.Least, _settings.KillAfter.Most), TimeProvider.System, cancellationToken);
            _isUp[instance] = false;
            await _processes[instance]!.KillAsync();
            Kills++;

            // Also when the disturbance is over meanwhile: then everything is to be up.
            await RestartAsync(instance, CancellationToken.None);
        }
    }

    /// <summary>Takes the store away for a while, now and then.</summary>
    public async Task TakeStoreAwayAsync(Dice dice, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(
                dice.Milliseconds(_settings.OutageAfter.Least, _settings.OutageAfter.Most), TimeProvider.System, cancellationToken);
            Outages++;
            if (_azurite is { } azurite)
            {
                await (dice.Percent(50) ? azurite.StopQueuesAsync() : azurite.StopTablesAsync());
                await Task.Delay(dice.Milliseconds(500, 2_000), TimeProvider.System, CancellationToken.None);
                await azurite.StopAsync();
                await Task.Delay(dice.Milliseconds(500, 2_000), TimeProvider.System, CancellationToken.None);
                await azurite.ResumeAsync(CancellationToken.None);
            }
            else
            {
                await HoldLockAsync(dice.Milliseconds(2_500, 5_000));
            }
        }
    }

    /// <summary>Makes providers fail, hang, slow down or answer nonsense, one after the other.</summary>
    public async Task DisturbProvidersAsync(Dice dice, Action count, CancellationToken cancellationToken)
    {
        SimulatedMode[] modes = [.. Enum.GetValues<SimulatedMode>().Where(mode => mode != SimulatedMode.Up)];
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(dice.Milliseconds(1_000, 5_000), TimeProvider.System, cancellationToken);
            var provider = dice.Of(SimulatedProviders.All);
            await Simulator.SetProviderModeAsync(provider, dice.Of(modes), CancellationToken.None);
            count();
            await Task.Delay(dice.Milliseconds(500, 3_000), TimeProvider.System, CancellationToken.None);
            await Simulator.SetProviderModeAsync(provider, SimulatedMode.Up, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process?.Dispose();
        }

        Http.Dispose();
        await Simulator.DisposeAsync();
        Webhooks.Dispose();
        await Backend.DisposeAsync();
        await (_azurite?.DisposeAsync() ?? ValueTask.CompletedTask);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task RestartAsync(int instance, CancellationToken cancellationToken)
    {
        while (true)
        {
            _processes[instance]?.Dispose();
            var process = ServedProcess.Start(_instances[instance], Log.Take);
            _processes[instance] = process;
            if (await process.WaitAsync())
            {
                _isUp[instance] = true;
                return;
            }

            FailedStarts++;
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Another program holds the lock of the data file for longer than a write waits for it.</summary>
    private async Task HoldLockAsync(TimeSpan time)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "flashfunctions.db")};Pooling=False");
        await connection.OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = "BEGIN IMMEDIATE";
        await command.ExecuteNonQueryAsync(CancellationToken.None);
        await Task.Delay(time, TimeProvider.System, CancellationToken.None);
        command.CommandText = "ROLLBACK";
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }
}
