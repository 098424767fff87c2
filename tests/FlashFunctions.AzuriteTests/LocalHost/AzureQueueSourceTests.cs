using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.AzuriteTests.LocalHost;

/// <summary>The local host receiving from Azure Queue Storage.</summary>
public sealed class AzureQueueSourceTests(SharedAzurite azurite) : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _queue = $"source-{Guid.CreateVersion7():N}";
    private StorageUnderTest? _storage;

    private AzureQueueSource Source => new(_storage!.Queues);

    public async ValueTask InitializeAsync() => _storage = new StorageUnderTest(await azurite.GetAsync());

    public async ValueTask DisposeAsync()
    {
        if (_storage is not null)
        {
            await _storage.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_message_is_received_as_it_was_sent_and_then_hidden()
    {
        await SendAsync("größer & <kleiner>");

        var message = Assert.Single(await ReceiveAsync(Minute));

        Assert.Equal(("größer & <kleiner>", 1), (message.Body, message.DequeueCount));
        Assert.NotEqual(default, message.InsertedOn);
        Assert.Empty(await ReceiveAsync(Minute));
    }

    [Fact]
    public async Task As_many_messages_are_received_as_asked_for_the_oldest_first()
    {
        await SendAsync("a", "b", "c");

        Assert.Equal(["a", "b"], (await Source.ReceiveAsync(_queue, 2, Minute, CancellationToken.None)).Select(message => message.Body));
        Assert.Equal("c", Assert.Single(await ReceiveAsync(Minute)).Body);
    }

    [Fact]
    public async Task A_deleted_message_is_gone_and_cannot_be_deleted_again()
    {
        await SendAsync("a");
        var message = Assert.Single(await ReceiveAsync(Minute));

        Assert.True(await Source.DeleteAsync(_queue, message, CancellationToken.None));
        Assert.False(await Source.DeleteAsync(_queue, message, CancellationToken.None));
        Assert.Null(await Source.HideAsync(_queue, message, Minute, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_that_is_shown_at_once_is_received_again_and_counts_it()
    {
        await SendAsync("a");
        var first = Assert.Single(await ReceiveAsync(Minute));

        await Source.HideAsync(_queue, first, TimeSpan.Zero, CancellationToken.None);
        var second = Assert.Single(await ReceiveAsync(Minute));

        Assert.Equal((first.Id, "a", 2), (second.Id, second.Body, second.DequeueCount));
        Assert.False(await Source.DeleteAsync(_queue, first, CancellationToken.None));
        Assert.True(await Source.DeleteAsync(_queue, second, CancellationToken.None));
    }

    [Fact]
    public async Task Hiding_a_message_again_gives_a_new_receipt_and_ends_the_old_one()
    {
        await SendAsync("a");
        var first = Assert.Single(await ReceiveAsync(Minute));

        var hidden = await Source.HideAsync(_queue, first, Minute, CancellationToken.None);

        Assert.Empty(await ReceiveAsync(Minute));
        Assert.Null(await Source.HideAsync(_queue, first, Minute, CancellationToken.None));
        Assert.False(await Source.DeleteAsync(_queue, first, CancellationToken.None));
        Assert.True(await Source.DeleteAsync(_queue, hidden!, CancellationToken.None));
    }

    [Fact]
    public async Task A_moved_message_is_in_the_poison_queue_alone()
    {
        await SendAsync("a");
        await _storage!.NewQueueAsync(_queue + "-poison");
        var message = Assert.Single(await ReceiveAsync(Minute));

        await Source.MoveAsync(_queue, message, _queue + "-poison", CancellationToken.None);

        Assert.False(await Source.DeleteAsync(_queue, message, CancellationToken.None));
        var poisoned = Assert.Single(await Source.ReceiveAsync(_queue + "-poison", 16, Minute, CancellationToken.None));
        Assert.Equal(("a", 1), (poisoned.Body, poisoned.DequeueCount));
    }

    [Fact]
    public async Task A_queue_that_does_not_exist_is_empty() => Assert.Empty(await ReceiveAsync(Minute));

    private Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(TimeSpan visibility) =>
        Source.ReceiveAsync(_queue, 16, visibility, CancellationToken.None);

    private async Task SendAsync(params string[] messages)
    {
        var queue = await _storage!.NewQueueAsync(_queue);
        foreach (var message in messages)
        {
            await queue.SendAsync(message, TimeSpan.Zero, CancellationToken.None);
        }
    }
}
