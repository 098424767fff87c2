using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.AzuriteTests.Storage;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.AzuriteTests.Queues;

public sealed class AzureQueueSourceTests(SharedAzurite azurite) : AzuriteTest(azurite)
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    private AzureQueueSource Source => new(Storage.Queues);

    [Fact]
    public async Task Messages_come_oldest_first_and_stay_hidden_from_others()
    {
        var queue = await QueueOfAsync("one", "two", "three");

        var first = await Source.ReceiveAsync(queue, 2, Long, CancellationToken.None);
        var second = await Source.ReceiveAsync(queue, 32, Long, CancellationToken.None);

        Assert.Equal(["one", "two"], first.Select(message => message.Body));
        Assert.Equal(["three"], second.Select(message => message.Body));
        Assert.All(first, message => Assert.Equal(1, message.DequeueCount));
        Assert.All(first, message => Assert.NotEqual(default, message.InsertedOn));
    }

    [Fact]
    public async Task A_deleted_message_is_gone_and_cannot_be_deleted_again()
    {
        var queue = await QueueOfAsync("one");
        var message = Assert.Single(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));

        Assert.True(await Source.DeleteAsync(queue, message, CancellationToken.None));
        Assert.False(await Source.DeleteAsync(queue, message, CancellationToken.None));
        Assert.Null(await Source.HideAsync(queue, message, Long, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_shown_again_counts_its_receipts_and_the_old_receipt_is_void()
    {
        var queue = await QueueOfAsync("one");
        var first = Assert.Single(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));

        Assert.NotNull(await Source.HideAsync(queue, first, TimeSpan.Zero, CancellationToken.None));
        var second = Assert.Single(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));

        Assert.Equal(("one", 2), (second.Body, second.DequeueCount));
        Assert.False(await Source.DeleteAsync(queue, first, CancellationToken.None));
        Assert.True(await Source.DeleteAsync(queue, second, CancellationToken.None));
    }

    [Fact]
    public async Task A_renewed_message_is_deleted_with_its_new_receipt()
    {
        var queue = await QueueOfAsync("one");
        var message = Assert.Single(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));

        var renewed = await Source.HideAsync(queue, message, Long, CancellationToken.None);

        Assert.Empty(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));
        Assert.True(await Source.DeleteAsync(queue, renewed!, CancellationToken.None));
    }

    [Fact]
    public async Task A_poisoned_message_moves_with_its_text()
    {
        var queue = await QueueOfAsync("bad");
        var poison = await QueueOfAsync();
        var message = Assert.Single(await Source.ReceiveAsync(queue, 1, Long, CancellationToken.None));

        await Source.MoveAsync(queue, message, poison, CancellationToken.None);

        Assert.False(await Source.DeleteAsync(queue, message, CancellationToken.None));
        Assert.Equal("bad", Assert.Single(await Source.ReceiveAsync(poison, 1, Long, CancellationToken.None)).Body);
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_empty() =>
        Assert.Empty(await Source.ReceiveAsync(Rows.NewName("none"), 1, Long, CancellationToken.None));

    private async Task<string> QueueOfAsync(params string[] messages)
    {
        var name = Rows.NewName("q");
        var queue = await Storage.NewQueueAsync(name);
        foreach (var message in messages)
        {
            await queue.SendAsync(message, TimeSpan.Zero, CancellationToken.None);
        }

        return name;
    }
}
