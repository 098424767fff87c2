using System.Diagnostics;
using FlashFunctions.AzureStorage;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>A store that is away, busy, silent or wrongly set up.</summary>
public sealed class OutageTests
{
    private const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    [Fact]
    public async Task What_was_stored_survives_an_end_and_a_start_in_the_middle_of_use()
    {
        SharedAzurite.RequireAzurite();
        await using var own = await TemporaryAzurite.StartAsync();
        var server = own.Server;
        await using var storage = new StorageUnderTest(server);
        await storage.Setup.CreateAllAsync(CancellationToken.None);
        var row = Rows.New(properties: ("State", "Accepted"));
        var etag = await storage.Requests.InsertAsync(row, CancellationToken.None);
        await storage.Queue(QueueNames.Dispatch).SendAsync("job", TimeSpan.Zero, CancellationToken.None);

        await server.StopAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync(row.Key, CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.InsertAsync(Rows.New(), CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => storage.Queue(QueueNames.Dispatch).SendAsync("another", TimeSpan.Zero, CancellationToken.None));

        await server.ResumeAsync(CancellationToken.None);
        Assert.Equal(etag, (await storage.Requests.ReadAsync(row.Key, CancellationToken.None))?.ETag);
        var received = await storage.Queues.GetQueueClient(QueueNames.Dispatch).ReceiveMessagesAsync(10);
        Assert.Equal("job", Assert.Single(received.Value).Body.ToString());
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_busy_store_is_tried_three_times_and_then_unavailable(int status)
    {
        await using var store = await FakeStore.AnsweringAsync(status);
        await using var storage = new StorageUnderTest(store.Settings);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.InsertAsync(Rows.New(), CancellationToken.None));
        Assert.Equal(3, store.Calls);
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => storage.Queue(QueueNames.Dispatch).SendAsync("job", TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(6, store.Calls);
    }

    [Fact]
    public async Task A_store_that_asks_for_a_long_pause_is_unavailable_at_the_deadline()
    {
        await using var store = await FakeStore.AnsweringAsync(503, retryAfter: "60");
        store.Settings["Storage:deadline"] = "00:00:01";
        await using var storage = new StorageUnderTest(store.Settings);
        var started = Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.InsertAsync(Rows.New(), CancellationToken.None));

        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_store_that_never_answers_is_unavailable_at_the_deadline()
    {
        var network = new Disturbance();
        network.Hang();
        await using var storage = Unreachable(network.AsPolicy());

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync(new("p", "r"), CancellationToken.None));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_an_outage()
    {
        var network = new Disturbance();
        network.Hang();
        await using var storage = Unreachable(network.AsPolicy());
        using var impatience = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.Requests.ReadAsync(new("p", "r"), impatience.Token));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_refused_identity_is_an_outage_and_is_not_tried_again(int status)
    {
        await using var store = await FakeStore.AnsweringAsync(status);
        await using var storage = new StorageUnderTest(store.Settings);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync(new("p", "r"), CancellationToken.None));

        Assert.Equal(1, store.Calls);
    }

    private static StorageUnderTest Unreachable(StoragePolicy policy) => new(
        new(StringComparer.Ordinal)
        {
            ["Storage"] = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={Key};"
                + "TableEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a",
            ["Storage:tryTimeout"] = "00:00:00.500",
            ["Storage:deadline"] = "00:00:01",
        },
        services => services.AddSingleton(policy));

    /// <summary>Answers every call alike.</summary>
    private sealed class FakeStore : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private int _calls;

        private FakeStore(WebApplication app) => _app = app;

        public int Calls => Volatile.Read(ref _calls);

        public Dictionary<string, string?> Settings { get; } = new(StringComparer.Ordinal);

        public static async Task<FakeStore> AnsweringAsync(int status, string? retryAfter = null)
        {
            var builder = WebApplication.CreateSlimBuilder();
            var store = new FakeStore(builder.Build());
            store._app.Urls.Add("http://127.0.0.1:0");
            store._app.Run(context => store.Answer(context, status, retryAfter));
            await store._app.StartAsync();
            var address = store._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            store.Settings["Storage"] = $"AccountName=a;AccountKey={Key};TableEndpoint={address}/a;QueueEndpoint={address}/a";
            return store;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private Task Answer(HttpContext context, int status, string? retryAfter)
        {
            Interlocked.Increment(ref _calls);
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        }
    }
}
