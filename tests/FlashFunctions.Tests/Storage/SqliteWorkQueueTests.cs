using FlashFunctions.Core.Storage;
using FlashFunctions.LocalHost.Queues;

namespace FlashFunctions.Tests.Storage;

public sealed class SqliteWorkQueueTests : WorkQueueContract, IDisposable
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private readonly TemporaryStore _store = new();

    protected override IWorkQueue Queue => _store.Store.WorkQueue(QueueNames.Dispatch);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IQueueSource Source => _store.Store.Source;

    [Fact]
    public async Task The_message_that_has_been_visible_longest_comes_first()
    {
        await Queue.SendAsync("third", TimeSpan.FromSeconds(30), Token);
        await Queue.SendAsync("first", TimeSpan.FromSeconds(10), Token);
        await Queue.SendAsync("second", TimeSpan.FromSeconds(20), Token);
        await AdvanceAsync(Minute);
        await Queue.SendAsync("last", TimeSpan.Zero, Token);

        var messages = await ReceiveAsync(3, Minute);
        Assert.Equal(["first", "second", "third"], messages.Select(message => message.Body));
        Assert.Equal("last", Assert.Single(await ReceiveAsync(3, Minute)).Body);
    }

    [Fact]
    public async Task A_hidden_message_comes_back_when_it_was_told_to_and_only_the_new_receipt_counts()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var received = Assert.Single(await TakeAsync());

        var hidden = await Source.HideAsync(QueueNames.Dispatch, received, TimeSpan.FromSeconds(10), Token);

        Assert.Null(await Source.HideAsync(QueueNames.Dispatch, received, TimeSpan.Zero, Token));
        Assert.False(await Source.DeleteAsync(QueueNames.Dispatch, received, Token));
        Assert.Empty(await TakeAsync());
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        var again = Assert.Single(await TakeAsync());
        Assert.Equal((received.Id, 2, received.InsertedOn), (again.Id, again.DequeueCount, again.InsertedOn));
        Assert.False(await Source.DeleteAsync(QueueNames.Dispatch, hidden!, Token));
        Assert.NotNull(await Source.HideAsync(QueueNames.Dispatch, again, TimeSpan.Zero, Token));
        Assert.Equal(3, Assert.Single(await TakeAsync()).DequeueCount);
    }

    [Fact]
    public async Task A_moved_message_is_in_the_poison_queue_and_nowhere_else()
    {
        const string Poison = QueueNames.Dispatch + QueueNames.PoisonSuffix;
        await Queue.SendAsync("bad", TimeSpan.Zero, Token);
        var received = Assert.Single(await TakeAsync());

        await Source.MoveAsync(QueueNames.Dispatch, received, Poison, Token);
        await Source.MoveAsync(QueueNames.Dispatch, received, Poison, Token);

        var poisoned = Assert.Single(await Source.ReceiveAsync(Poison, 32, Minute, Token));
        Assert.Equal(("bad", 1), (poisoned.Body, poisoned.DequeueCount));
        await AdvanceAsync(Minute + Minute);
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task Queues_do_not_share_messages()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);

        Assert.Empty(await Source.ReceiveAsync(QueueNames.Reports, 32, Minute, Token));
        Assert.Empty(await Source.ReceiveAsync("no-such-queue", 32, Minute, Token));
        Assert.Null(Source.OnMessage("no-such-queue", () => { }));
    }

    [Fact]
    public async Task A_message_tells_when_it_was_sent()
    {
        var sent = _store.Time.GetUtcNow();
        await Queue.SendAsync("a", Minute, Token);
        await AdvanceAsync(Minute);

        Assert.Equal(sent, Assert.Single(await TakeAsync()).InsertedOn);
    }

    [Fact]
    public async Task Receipts_of_before_a_restart_and_hidden_messages_survive_it()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var received = Assert.Single(await TakeAsync());
        _store.Restart();

        Assert.Empty(await TakeAsync());
        Assert.True(await Source.DeleteAsync(QueueNames.Dispatch, received, Token));
        await AdvanceAsync(Minute + Minute);
        Assert.Empty(await TakeAsync());
    }

    [Fact]
    public async Task Whoever_waits_is_woken_by_a_message()
    {
        using var woken = new SemaphoreSlim(0);
        using var listener = Source.OnMessage(QueueNames.Dispatch, () => woken.Release());
        await woken.WaitAsync(Token);

        await Queue.SendAsync("a", TimeSpan.Zero, Token);

        await woken.WaitAsync(Token);
    }

    [Fact]
    public async Task Whoever_waits_is_woken_when_a_delay_or_a_time_out_has_passed()
    {
        await Queue.SendAsync("from before", TimeSpan.FromSeconds(5), Token);
        using var woken = new SemaphoreSlim(0);
        using var listener = Source.OnMessage(QueueNames.Dispatch, () => woken.Release());
        await woken.WaitAsync(Token);

        await AdvanceAsync(TimeSpan.FromSeconds(5));
        await woken.WaitAsync(Token);
        Assert.Single(await TakeAsync());

        await Queue.SendAsync("delayed", TimeSpan.FromSeconds(10), Token);
        await AdvanceAsync(TimeSpan.FromSeconds(10));
        await woken.WaitAsync(Token);
        Assert.Single(await TakeAsync());

        await AdvanceAsync(Minute);
        await woken.WaitAsync(Token);
        Assert.Equal(2, (await TakeAsync()).Count);
    }

    [Fact]
    public async Task A_listener_that_is_disposed_hears_no_more()
    {
        using var woken = new SemaphoreSlim(0);
        using var listener = Source.OnMessage(QueueNames.Dispatch, () => woken.Release());
        await woken.WaitAsync(Token);
        var calls = 0;
        using var heard = new SemaphoreSlim(0);
        var disposed = Source.OnMessage(QueueNames.Dispatch, () =>
        {
            Interlocked.Increment(ref calls);
            heard.Release();
        });
        await heard.WaitAsync(Token);
        disposed!.Dispose();
        await woken.WaitAsync(Token);
        var before = Volatile.Read(ref calls);

        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        await woken.WaitAsync(Token);

        Assert.Equal(before, Volatile.Read(ref calls));
    }

    public void Dispose() => _store.Dispose();

    protected override async Task<IReadOnlyList<DeliveredMessage>> ReceiveAsync(int max, TimeSpan visibility) =>
        [.. (await Source.ReceiveAsync(QueueNames.Dispatch, max, visibility, Token)).Select(
            message => new DeliveredMessage(message.Id, message.PopReceipt, message.Body, message.DequeueCount))];

    protected override Task<bool> DeleteAsync(DeliveredMessage message) => Source.DeleteAsync(
        QueueNames.Dispatch,
        new ReceivedMessage(message.Id, message.PopReceipt, message.Body, message.DequeueCount, DateTimeOffset.UnixEpoch),
        Token);

    protected override Task AdvanceAsync(TimeSpan time)
    {
        _store.Time.Advance(time);
        return Task.CompletedTask;
    }

    private Task<IReadOnlyList<ReceivedMessage>> TakeAsync() => Source.ReceiveAsync(QueueNames.Dispatch, 32, Minute, Token);
}
