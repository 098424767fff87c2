using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.LocalHost;
using FlashFunctions.LocalHost.Azurite;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.Simulator;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Service;

/// <summary>The store ends in the middle of load and is started again.</summary>
public sealed class OutageUnderLoadTests
{
    private const int Callers = 4;

    /// <summary>As many jobs as are worked on at once: the batch of host.json and what is fetched ahead.</summary>
    private const int MostAtOnce = 24;

    private const string PublicAddress = "http://service.test";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongerThanACall = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongerThanAnyLife = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task An_outage_in_the_middle_of_load_loses_nothing_and_places_nothing_twice()
    {
        var time = new LaterTime();
        await using var azurite = await TemporaryAzurite.StartAsync();
        await using var simulator = SimulatorApp.Create(new SimulatorOptions
        {
            Addresses = ServiceHost.CallbackAddresses(PublicAddress),
            Delays = new SimulatorDelays { SlowAnswer = TimeSpan.FromMilliseconds(300) },
        });
        await simulator.StartAsync();
        await using var host = Create(azurite, simulator, time);
        await host.StartAsync();
        using var load = new CallingLoad(host.Address);
        await RunAsync(load, azurite.Server);

        var accepted = await UntilAllAreWorkedOnAsync(load, host, simulator);
        Assert.All(load.Unavailable, answer => Assert.True(answer is { ErrorCode: 50, RetryAfter: > 0 }, answer.ToString()));
        Assert.Empty(load.Others);
        Assert.All(load.Numbers, number => Assert.InRange(CallsTo(simulator, number), 0, 1));
        Assert.All(
            accepted,
            request =>
                Assert.True(IsClaimed(request) || CallsTo(simulator, request.Number.E164) == 1, $"{request.Id} {request.Attempts[0]}"));
        Assert.InRange(accepted.Count(request => CallsTo(simulator, request.Number.E164) == 0), 0, MostAtOnce);

        time.Skip(LongerThanAnyLife);
        await host.RunTimerAsync("Sweep");
        Assert.All(await StoredAsync(load, host), request => Assert.NotNull(request.EndedAt));
    }

    /// <summary>Calls, and in the middle of them two outages: of the queues and then all, of the tables and then all.</summary>
    private static async Task RunAsync(CallingLoad load, AzuriteServer azurite)
    {
        using var late = new CancellationTokenSource(Patience);
        var running = load.RunAsync(Callers);
        foreach (var stopFirst in (Func<Task>[])[azurite.StopQueuesAsync, azurite.StopTablesAsync])
        {
            await load.UntilAcceptedAsync(30, late.Token);
            await stopFirst();
            await load.UntilUnavailableAsync(2 * Callers, late.Token);
            await azurite.StopAsync();
            await load.UntilUnavailableAsync(2 * Callers, late.Token);
            await azurite.ResumeAsync(late.Token);
        }

        await load.UntilAcceptedAsync(30, late.Token);
        load.End();
        await running;
    }

    /// <summary>Waits until the job of every accepted request has been worked on.</summary>
    private static async Task<IReadOnlyList<RequestRecord>> UntilAllAreWorkedOnAsync(
        CallingLoad load, LocalHostApp host, SimulatorApp simulator)
    {
        using var late = new CancellationTokenSource(Patience);
        bool IsUnderWay(RequestRecord request) =>
            request.Attempts.Count == 0
                || (IsClaimed(request) && CallsTo(simulator, request.Number.E164) == 0 && !IsOld(request.Attempts[0]));
        var requests = await StoredAsync(load, host);
        while (requests.Any(IsUnderWay))
        {
            Assert.False(late.IsCancellationRequested, $"{requests.Count(IsUnderWay)} of {requests.Count} are not worked on.");
            requests = await StoredAsync(load, host);
        }

        Assert.All(requests, request => Assert.Single(request.Attempts));
        return requests;
    }

    private static async Task<IReadOnlyList<RequestRecord>> StoredAsync(CallingLoad load, LocalHostApp host)
    {
        var store = host.Services.GetRequiredService<RequestStore>();
        var stored = load.Accepted.Values.Select(id => store.ReadAsync(RequestId.Parse(id, null), CancellationToken.None));
        return [.. (await Task.WhenAll(stored)).Select(request => request!.Value)];
    }

    // Claimed in the moment of the outage: nobody may place it again, though what became of it could not be saved, or it was not placed at
    // all.
    private static bool IsClaimed(RequestRecord request) => request.Attempts is [{ State: AttemptState.Starting }];

    private static bool IsOld(AttemptRecord attempt) => TimeProvider.System.GetUtcNow() - attempt.StartedAt > LongerThanACall;

    private static int CallsTo(SimulatorApp simulator, string number) => (int)(simulator.Phone(number)?.Calls ?? 0);

    private static LocalHostApp Create(
        TemporaryAzurite azurite, SimulatorApp simulator, TimeProvider time) => ServiceHost.Create(new ServiceSettings
        {
            PublicAddress = PublicAddress,
            Simulator = simulator,
            Configuration = new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["Storage"] = azurite.Server.ConnectionString,
                ["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:02",
                ["AzureFunctionsJobHost:extensions:queues:maxDequeueCount"] = "100",
                ["Logging:LogLevel:Default"] = "Critical",
            },
            Services = services => services.AddSingleton(time),
        });
}
