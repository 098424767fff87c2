using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;
using FlashFunctions.Tests.Storage;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>What every table does, on Azurite.</summary>
public sealed class AzureTableTests(SharedAzurite azurite) : TableContract, IAsyncLifetime
{
    private StorageUnderTest? _storage;

    protected override ITable Table => _storage!.Requests;

    public async ValueTask InitializeAsync()
    {
        _storage = new StorageUnderTest(await azurite.GetAsync());
        await _storage.Setup.CreateAllAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _storage?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>What every queue does, on Azurite, whose clock cannot be moved: a wait is a wait.</summary>
public sealed class AzureWorkQueueTests(SharedAzurite azurite) : WorkQueueContract, IAsyncLifetime
{
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(200);

    private readonly string _name = Rows.NewName("q");
    private StorageUnderTest? _storage;
    private IWorkQueue? _queue;

    protected override IWorkQueue Queue => _queue!;

    private AzureQueueSource Source => new(_storage!.Queues);

    public async ValueTask InitializeAsync()
    {
        _storage = new StorageUnderTest(await azurite.GetAsync());
        _queue = await _storage.NewQueueAsync(_name);
    }

    public ValueTask DisposeAsync() => _storage?.DisposeAsync() ?? ValueTask.CompletedTask;

    protected override async Task<IReadOnlyList<DeliveredMessage>> ReceiveAsync(int max, TimeSpan visibility) =>
        [.. (await Source.ReceiveAsync(_name, max, visibility, CancellationToken.None))
            .Select(message => new DeliveredMessage(message.Id, message.PopReceipt, message.Body, message.DequeueCount))];

    protected override Task<bool> DeleteAsync(DeliveredMessage message) =>
        Source.DeleteAsync(
            _name,
            new ReceivedMessage(message.Id, message.PopReceipt, message.Body, message.DequeueCount, default),
            CancellationToken.None);

    protected override Task AdvanceAsync(TimeSpan time) => Task.Delay(time + Slack, TimeProvider.System);
}
