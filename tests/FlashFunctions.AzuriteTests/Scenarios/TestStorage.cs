using System.Text;
using Azure.Data.Tables;
using FlashFunctions.AzureStorage;
using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.AzuriteTests.Scenarios;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Service;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FlashFunctions.ScenarioTests.Harness;

/// <summary>The store of a test: a storage account of its own on Azurite, whose queues go by the test's clock.</summary>
public sealed class TestStorage : IAsyncDisposable
{
    /// <summary>How many rows are many here.</summary>
    public const int Many = 2_000;

    /// <summary>How many sequences of events a property is tried on here.</summary>
    public const int Sequences = 40;

    private readonly string _connection;
    private readonly ClockedQueues _queues;
    private readonly CallTraffic _traffic;

    private TestStorage(string connection, FakeTimeProvider clock)
    {
        (_connection, _traffic) = (connection, new CallTraffic());
        _queues = new ClockedQueues(clock, _traffic);
    }

    /// <summary>What was called over the network, as “Table.Verb”, since the last <see cref="ForgetCalls"/>.</summary>
    public IReadOnlyList<string>? Calls => _traffic.Calls;

    /// <summary>A new, empty store.</summary>
    public static async Task<TestStorage> CreateAsync(FakeTimeProvider clock) =>
        new(await SharedAzurite.NewAccountAsync(), clock);

    /// <summary>Whether the store is at work, or was since the last time that this was asked.</summary>
    public bool HasMoved() => _traffic.HasMoved();

    /// <summary>Forgets the calls.</summary>
    public void ForgetCalls() => _traffic.Forget();

    /// <summary>Puts the store into the settings.</summary>
    public ServiceSettings Apply(ServiceSettings settings)
    {
        var configuration = new Dictionary<string, string?>(settings.Configuration, StringComparer.Ordinal)
        {
            ["Storage"] = _connection,
            ["Storage:tryTimeout"] = "00:00:30",
        };
        return settings with
        {
            Configuration = configuration,
            Services = services =>
            {
                // The store's clock is the real one, so what waits for it must not go by the test's.
                services.AddSingleton(new StorageCall(TimeSpan.FromMinutes(1), TimeProvider.System));
                services.AddSingleton(_traffic.AsPolicy());
                _queues.Attach(services);
                settings.Services?.Invoke(services);
            },
        };
    }

    /// <summary>All that is at rest, as it is there, with every message that ever was in a queue.</summary>
    public byte[] BytesAtRest() => Task.Run(ReadAsync).GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<byte[]> ReadAsync()
    {
        var everything = new StringBuilder().AppendJoin(Environment.NewLine, _queues.Sent).AppendLine();
        var service = new TableServiceClient(_connection);
        foreach (var table in TableNames.All)
        {
            await foreach (var entity in service.GetTableClient(table).QueryAsync<TableEntity>())
            {
                everything.AppendJoin(' ', entity.Select(property => property.Value)).AppendLine();
            }
        }

        return Encoding.UTF8.GetBytes(everything.ToString());
    }
}
