using System.Net.Http.Headers;
using System.Text;
using FlashFunctions.LocalHost;
using FlashFunctions.LocalHost.Service;
using FlashFunctions.LocalHost.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Run;

/// <summary>
/// The whole service and the simulated providers as they run by themselves, on the clock of the wall: for what must be measured.
/// </summary>
internal sealed class LiveService : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("flash-live-").FullName;

    public required SimulatorApp Simulator { get; init; }

    public LocalHostApp Host { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Starts it, with host.json's queues.</summary>
    public static async Task<LiveService> StartAsync(params (string Name, string Value)[] settings)
    {
        var simulator = SimulatorApp.Create(new SimulatorOptions { Callbacks = SimulatedCallbackDetail.None }, TimeProvider.System);
        await simulator.StartAsync();
        var service = new LiveService { Simulator = simulator };
        service.Host = ServiceHost.Create(new ServiceSettings
        {
            PublicAddress = "http://service.test",
            Simulator = simulator,
            Embedded = new EmbeddedStorageOptions { DataDirectory = service._folder },
            Configuration = settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value, StringComparer.Ordinal),
        });
        await service.Host.StartAsync();
        service.Http = new HttpClient { BaseAddress = service.Host.Address };
        service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{ServiceHost.KeyId}:{ServiceHost.Secret}")));
        return service;
    }

    public async Task<Answer> PostAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await Http.PostAsync(path, content);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Waits for something that happens by itself.</summary>
    public static async Task<TimeSpan> UntilAsync(Func<bool> happened, TimeSpan patience)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var beats = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!happened() && TimeProvider.System.GetElapsedTime(began) < patience)
        {
            await beats.WaitForNextTickAsync();
        }

        Assert.True(happened(), "it did not happen");
        return TimeProvider.System.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        await Simulator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
