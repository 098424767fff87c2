using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>An account in which nothing has been made yet.</summary>
public sealed class MissingTableTests
{
    [Fact]
    public async Task A_missing_table_or_queue_is_an_outage_and_never_an_empty_answer()
    {
        SharedAzurite.RequireAzurite();
        await using var own = await TemporaryAzurite.StartAsync();
        var server = own.Server;
        await using var storage = new StorageUnderTest(server);

        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.ReadAsync(new("p", "r"), CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.InsertAsync(Rows.New(), CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => storage.Requests.QueryAfterAsync("p", null, 10, CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.Requests.DeleteBatchAsync("p", ["r"], CancellationToken.None));
        await Assert.ThrowsAsync<StorageUnavailableException>(
            () => storage.Queue(QueueNames.Dispatch).SendAsync("job", TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task Setup_makes_every_table_and_queue_once_and_leaves_them_be_afterwards()
    {
        SharedAzurite.RequireAzurite();
        await using var own = await TemporaryAzurite.StartAsync();
        var server = own.Server;
        await using var storage = new StorageUnderTest(server);
        await storage.Setup.CreateAllAsync(CancellationToken.None);
        var row = Rows.New();
        await storage.Requests.InsertAsync(row, CancellationToken.None);

        await storage.Setup.CreateAllAsync(CancellationToken.None);

        Assert.NotNull(await storage.Requests.ReadAsync(row.Key, CancellationToken.None));
        foreach (var table in TableNames.All)
        {
            Assert.NotNull(await storage.Table(table).InsertAsync(Rows.New(), CancellationToken.None));
        }

        foreach (var queue in QueueNames.All)
        {
            await storage.Queue(queue).SendAsync("job", TimeSpan.Zero, CancellationToken.None);
            Assert.Empty((await storage.Queues.GetQueueClient(queue + QueueNames.PoisonSuffix).ReceiveMessagesAsync(1)).Value);
        }
    }
}
