using FlashFunctions.LocalHost;
using FlashFunctions.LocalHost.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Tests.LocalHost;

/// <summary>A local host that runs the sample functions at a time of its own.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    private SampleHost(bool manual, bool wakes, string? hostJson, string environment, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        Queues = new MemoryQueues(Time, wakes);
        var configuration = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Sample:Queue"] = SampleQueueFunctions.Configured,
            ["Sample:Schedule"] = "0 30 3 * * *",
        };
        if (hostJson is null)
        {
            // A time of its own, whatever the service's host.json says.
            configuration["AzureFunctionsJobHost:extensions:queues:visibilityTimeout"] = "00:00:30";
        }

        foreach (var (name, value) in settings)
        {
            configuration[name] = value;
        }

        var host = new LocalHostSettings
        {
            Functions = typeof(SampleHost).Assembly,
            Manual = manual,
            Environment = environment,
            Configuration = configuration,
        };
        App = LocalHostApp.Create(hostJson is null ? host : host with { HostJson = hostJson }, builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(Journal).AddSingleton<TimeProvider>(Time).AddSingleton<IQueueSource>(Queues);
        });
    }

    public SampleTime Time { get; } = new();

    public SampleJournal Journal { get; } = new();

    public MemoryQueues Queues { get; }

    public LocalHostApp App { get; }

    public static async Task<SampleHost> StartAsync(
        bool manual = true, bool wakes = true, string? hostJson = null, string environment = "Development",
        params KeyValuePair<string, string?>[] settings)
    {
        var host = new SampleHost(manual, wakes, hostJson, environment, settings);
        await host.App.StartAsync();
        return host;
    }

    public async Task<(
        int Status, string Body)> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient { BaseAddress = App.Address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : new StringContent(body);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();
}
