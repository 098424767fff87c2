using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Security;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>How fast the service's clock and the providers' run; 1 on Azurite, whose own clock cannot be sped up.</summary>
    public int Speed { get; init; } = 1;

    /// <summary>The pause after a start and before the next kill, at least and at most, in milliseconds.</summary>
    public (int Least, int Most) KillAfter { get; init; } = (500, 5_000);

    /// <summary>Verifications under way at most.</summary>
    public int MostOpen { get; init; } = 1_500;

    /// <summary>How long to wait at most, on the service's clock, until all has come to its end.</summary>
    public TimeSpan SettleLimit { get; init; } = TimeSpan.FromMinutes(8);
}

/// <summary>
/// Everything that is there: the store, the simulated providers and phones, a customer's backend, and the service's processes.
/// </summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flash-chaos-").FullName;
    private readonly ChaosSettings _settings;
    private readonly ServedInstance[] _instances;
    private readonly ServedProcess?[] _processes;
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
        webhooks.Addresses = [.. _instances.Select(instance => instance.Address)];
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
        for (var instance = 0; instance < world.Instances; instance++)
        {
            await world.RestartAsync(instance, cancellationToken);
        }

        return world;
    }

    /// <summary>An instance to send a call to; it may be down.</summary>
    public Uri Address(Dice dice) => dice.Of(_instances).Address;

    /// <summary>Kills an instance at a random moment of its work, starts it again, and so on.</summary>
    public async Task KillAsync(int instance, Dice dice, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(
                dice.Milliseconds(_settings.KillAfter.Least, _settings.KillAfter.Most), TimeProvider.System, cancellationToken);
            await _processes[instance]!.KillAsync();
            Kills++;
            await RestartAsync(instance, cancellationToken);
        }
    }

    /// <summary>Takes the store away for a while, now and then.</summary>
    public async Task TakeStoreAwayAsync(Dice dice, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(dice.Milliseconds(15_000, 40_000), TimeProvider.System, cancellationToken);
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

/// <summary>
/// The way of the providers' webhooks to the service: to any instance, now and then twice, late and therefore out of order, without an
/// answer, or with a forged one before it.
/// </summary>
internal sealed class Webhooks : DelegatingHandler
{
    private readonly Dice _dice;
    private readonly FastTime _time;
    private int _late;
    private int _doubled;
    private int _forged;
    private int _unanswered;
    private int _forgedTaken;

    public Webhooks(Dice dice, FastTime time)
        : base(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) => (_dice, _time) = (dice, time);

    public IReadOnlyList<Uri> Addresses { get; set; } = [];

    /// <summary>False: they go through as they are.</summary>
    public bool Disturbs { get; set; } = true;

    public string Counts => $"late {_late}, doubled {_doubled}, without an answer {_unanswered}, forged {_forged}";

    /// <summary>Forged ones that were answered with 200.</summary>
    public int ForgedTaken => _forgedTaken;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var roll = Disturbs ? _dice.Below(100) : 100;
        switch (roll)
        {
            case < 6:
                Interlocked.Increment(ref _late);
                await Task.Delay(_dice.Milliseconds(500, 6_000), _time, cancellationToken);
                break;
            case < 12:
                Interlocked.Increment(ref _doubled);
                (await PassAsync(request, body, cancellationToken)).Dispose();
                break;
            case < 18:
                Interlocked.Increment(ref _forged);
                await ForgeAsync(request, body, cancellationToken);
                break;
            case < 22:
                Interlocked.Increment(ref _unanswered);
                (await PassAsync(request, body, cancellationToken)).Dispose();
                throw new HttpRequestException("The answer was lost.");
        }

        return await PassAsync(request, body, cancellationToken);
    }

    private async Task<HttpResponseMessage> PassAsync(
        HttpRequestMessage request, byte[] body, CancellationToken cancellationToken, bool isForged = false)
    {
        using var copy = new HttpRequestMessage(request.Method, new Uri(_dice.Of(Addresses), request.RequestUri!.PathAndQuery))
        {
            Content = new ByteArrayContent(body),
        };
        foreach (var (name, values) in request.Headers.Where(_ => !isForged))
        {
            copy.Headers.TryAddWithoutValidation(name, values);
        }

        copy.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        return await base.SendAsync(copy, cancellationToken);
    }

    /// <summary>Somebody who knows the body, but neither the secret nor the address: without signature, app key or path token.</summary>
    private async Task ForgeAsync(HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        var isBird = path.EndsWith("/bird", StringComparison.Ordinal);
        using var forged = new HttpRequestMessage(
            HttpMethod.Post, new Uri(request.RequestUri, isBird ? path : path[..^1] + (path[^1] == 'A' ? 'B' : 'A')))
        {
            Content = new ByteArrayContent(body),
        };
        forged.Content.Headers.ContentType = request.Content!.Headers.ContentType;
        try
        {
            using var answer = await PassAsync(forged, body, cancellationToken, isForged: true);
            if (answer.IsSuccessStatusCode)
            {
                Interlocked.Increment(ref _forgedTaken);
            }
        }
        catch (HttpRequestException)
        {
            // The instance is down.
        }
    }
}

/// <summary>A callback as it came in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Body">Its body.</param>
/// <param name="Result">The result that it names.</param>
internal sealed record TakenCallback(string Id, string Body, string? Result);

/// <summary>A customer's backend: takes callbacks, one in fifty only at the second try, and remembers what each id said.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dice _dice;
    private readonly byte[] _secret = Convert.FromBase64String(DevelopmentKeys.Key);
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, TakenCallback>> _byRequest = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _refused = new(StringComparer.Ordinal);
    private int _taken;
    private int _repeated;
    private int _wrong;

    private Backend(WebApplication app, Dice dice) => (_app, _dice) = (app, dice);

    public string Address => $"{_app.Urls.Single()}/hook";

    /// <summary>True: it takes every callback at the first try. False by default.</summary>
    public bool IsWilling { get; set; }

    public int Taken => _taken;

    public int Repeated => _repeated;

    /// <summary>Callbacks whose signature was wrong, or that said something else under an id that was known.</summary>
    public int Wrong => _wrong;

    public static async Task<Backend> StartAsync(Dice dice, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        var backend = new Backend(app, dice);
        app.MapPost("/hook", backend.TakeAsync);
        await app.StartAsync(cancellationToken);
        return backend;
    }

    /// <summary>The callbacks of a request by their ids.</summary>
    public IReadOnlyDictionary<string, TakenCallback> Of(string request) =>
        _byRequest.TryGetValue(request, out var taken) ? taken : new ConcurrentDictionary<string, TakenCallback>(StringComparer.Ordinal);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var copy = new MemoryStream();
        await context.Request.Body.CopyToAsync(copy, context.RequestAborted);
        var body = copy.ToArray();
        var id = context.Request.Headers[StandardWebhooks.IdHeader].ToString();
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{id}.{context.Request.Headers[StandardWebhooks.TimestampHeader]}."), .. body];
        var signature = $"v1,{Convert.ToBase64String(HMACSHA256.HashData(_secret, signed))}";
        if (signature != context.Request.Headers[StandardWebhooks.SignatureHeader])
        {
            Interlocked.Increment(ref _wrong);
        }

        if (!IsWilling && _dice.Percent(2) && _refused.TryAdd(id, true))
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }

        var json = JsonElement.Parse(body);
        var result = json.TryGetProperty("result", out var value) ? value.GetString() : null;
        var callback = new TakenCallback(id, Encoding.UTF8.GetString(body), result);
        var known = _byRequest.GetOrAdd(
            json.GetProperty("requestId").GetString()!, _ => new(StringComparer.Ordinal)).GetOrAdd(id, callback);
        Interlocked.Increment(ref ReferenceEquals(known, callback) ? ref _taken : ref _repeated);
        if (known.Body != callback.Body)
        {
            Interlocked.Increment(ref _wrong);
        }
    }
}
