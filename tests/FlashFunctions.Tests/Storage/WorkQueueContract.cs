using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

/// <summary>
/// What every <see cref="IWorkQueue"/> does, seen from its receiving end. An adapter's tests derive from this and give it an empty
/// queue, and a clock: time is only ever waited for by <see cref="AdvanceAsync"/>.
/// </summary>
public abstract class WorkQueueContract
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(2);

    protected abstract IWorkQueue Queue { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sent_message_is_received_once()
    {
        await Queue.SendAsync("hello", TimeSpan.Zero, Token);

        var message = await ReceiveOneAsync(Long);
        Assert.Equal(("hello", 1), (message.Body, message.DequeueCount));
        Assert.Empty(await ReceiveAsync(32, Long));
    }

    [Fact]
    public async Task An_empty_queue_gives_nothing() => Assert.Empty(await ReceiveAsync(32, Long));

    [Fact]
    public async Task A_deleted_message_never_comes_back()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var message = await ReceiveOneAsync(Short);

        Assert.True(await DeleteAsync(message));
        await AdvanceAsync(Short + Short);
        Assert.Empty(await ReceiveAsync(32, Short));
        Assert.False(await DeleteAsync(message));
    }

    [Fact]
    public async Task A_received_message_that_is_not_deleted_comes_again_after_the_time_out()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var first = await ReceiveOneAsync(Short);
        Assert.Empty(await ReceiveAsync(32, Short));

        await AdvanceAsync(Short);
        var second = await ReceiveOneAsync(Short);
        await AdvanceAsync(Short);
        var third = await ReceiveOneAsync(Short);

        Assert.Equal((first.Id, 2), (second.Id, second.DequeueCount));
        Assert.Equal((first.Id, 3), (third.Id, third.DequeueCount));
    }

    [Fact]
    public async Task The_receipt_of_an_earlier_delivery_deletes_nothing()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var first = await ReceiveOneAsync(Short);
        await AdvanceAsync(Short);
        var second = await ReceiveOneAsync(Long);

        Assert.False(await DeleteAsync(first));
        Assert.True(await DeleteAsync(second));
    }

    [Fact]
    public async Task A_late_receipt_still_deletes_when_nobody_has_received_the_message_since()
    {
        await Queue.SendAsync("a", TimeSpan.Zero, Token);
        var message = await ReceiveOneAsync(Short);
        await AdvanceAsync(Short);

        Assert.True(await DeleteAsync(message));
        Assert.Empty(await ReceiveAsync(32, Short));
    }

    [Fact]
    public async Task A_delayed_message_is_invisible_until_its_time()
    {
        await Queue.SendAsync("later", Short, Token);
        await Queue.SendAsync("now", TimeSpan.Zero, Token);

        Assert.Equal("now", (await ReceiveOneAsync(Long)).Body);
        Assert.Empty(await ReceiveAsync(32, Long));
        await AdvanceAsync(Short);
        var later = await ReceiveOneAsync(Long);
        Assert.Equal(("later", 1), (later.Body, later.DequeueCount));
    }

    [Fact]
    public async Task A_delay_is_0_to_7_days()
    {
        await Queue.SendAsync("a", TimeSpan.FromDays(7) - TimeSpan.FromMinutes(1), Token);

        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync("a", TimeSpan.FromSeconds(-1), Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync("a", TimeSpan.FromDays(8), Token));
        Assert.Empty(await ReceiveAsync(32, Long));
    }

    [Theory]
    [InlineData("{\"id\":\"7\",\"text\":\"<&>'\"}")]
    [InlineData("<QueueMessage>]]>&amp;</QueueMessage>")]
    [InlineData("Привет, 世界 🙂 é")]
    [InlineData(" leading, trailing and \r\n\t inner white space ")]
    [InlineData("+/=%20")]
    public async Task A_text_comes_out_as_it_went_in(string text)
    {
        await Queue.SendAsync(text, TimeSpan.Zero, Token);

        Assert.Equal(text, (await ReceiveOneAsync(Long)).Body);
    }

    [Theory]
    [InlineData('x', 48_000)]
    [InlineData('ж', 24_000)]
    [InlineData('世', 16_000)]
    public async Task A_message_of_48000_bytes_fits(char character, int length)
    {
        var text = new string(character, length);
        await Queue.SendAsync(text, TimeSpan.Zero, Token);

        Assert.Equal(text, (await ReceiveOneAsync(Long)).Body);
    }

    [Fact]
    public async Task A_message_of_more_than_48000_bytes_is_a_mistake()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync(new string('x', 48_001), TimeSpan.Zero, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.SendAsync(new string('ж', 24_001), TimeSpan.Zero, Token));
    }

    [Fact]
    public async Task No_message_is_given_to_two_receivers()
    {
        var sent = Enumerable.Range(0, 200).Select(number => $"m{number}").ToArray();
        await Task.WhenAll(sent.Select(text => Queue.SendAsync(text, TimeSpan.Zero, Token)));

        var received = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(DrainAsync, Token)));

        Assert.Equal(sent.Order(StringComparer.Ordinal), received.SelectMany(messages => messages).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_receiver_gets_no_more_than_it_asked_for()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Queue.SendAsync($"m{number}", TimeSpan.Zero, Token)));

        Assert.Single(await ReceiveAsync(1, Long));
        Assert.InRange((await ReceiveAsync(32, Long)).Count, 1, 32);
    }

    [Fact]
    public async Task A_look_shows_what_is_visible_and_hides_nothing()
    {
        Assert.Empty(await Queue.PeekAsync(32, Token));
        await Queue.SendAsync("now", TimeSpan.Zero, Token);
        await Queue.SendAsync("later", Short, Token);

        Assert.Equal("now", Assert.Single(await Queue.PeekAsync(32, Token)).Text);
        var message = await ReceiveOneAsync(Long);
        Assert.Equal(("now", 1), (message.Body, message.DequeueCount));
        Assert.Empty(await Queue.PeekAsync(32, Token));

        await AdvanceAsync(Short);
        var later = Assert.Single(await Queue.PeekAsync(32, Token));
        Assert.Equal("later", later.Text);
        Assert.Equal(1, (await ReceiveOneAsync(Long)).DequeueCount);
    }

    [Fact]
    public async Task A_look_says_when_a_message_was_sent_and_not_when_it_became_visible()
    {
        await Queue.SendAsync("first", TimeSpan.Zero, Token);
        var first = Assert.Single(await Queue.PeekAsync(1, Token)).SentAt;
        await Queue.SendAsync("a", Short + Short, Token);
        await DeleteAsync(await ReceiveOneAsync(Long));
        await AdvanceAsync(Short + Short);

        Assert.InRange(Assert.Single(await Queue.PeekAsync(1, Token)).SentAt - first, TimeSpan.FromSeconds(-1), Short);
    }

    [Fact]
    public async Task A_look_shows_no_more_than_it_is_asked_for_and_1_to_32()
    {
        await Task.WhenAll(Enumerable.Range(0, 5).Select(number => Queue.SendAsync($"m{number}", TimeSpan.Zero, Token)));

        Assert.Equal(3, (await Queue.PeekAsync(3, Token)).Count);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.PeekAsync(0, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Queue.PeekAsync(33, Token));
    }

    /// <summary>Receives what is visible, up to <paramref name="max"/> (1 to 32), and hides it for <paramref name="visibility"/>.</summary>
    protected abstract Task<IReadOnlyList<DeliveredMessage>> ReceiveAsync(int max, TimeSpan visibility);

    /// <summary>Deletes by id and pop receipt; false when the receipt is stale.</summary>
    protected abstract Task<bool> DeleteAsync(DeliveredMessage message);

    /// <summary>Lets this much time pass for the queue, and on a real clock a little more.</summary>
    protected abstract Task AdvanceAsync(TimeSpan time);

    private async Task<DeliveredMessage> ReceiveOneAsync(TimeSpan visibility) => Assert.Single(await ReceiveAsync(32, visibility));

    private async Task<List<string>> DrainAsync()
    {
        var texts = new List<string>();
        while (await ReceiveAsync(16, Long) is { Count: > 0 } messages)
        {
            foreach (var message in messages)
            {
                texts.Add(message.Body);
                Assert.True(await DeleteAsync(message));
            }
        }

        return texts;
    }
}

/// <summary>A message as the queue's receiving end has it.</summary>
public sealed record DeliveredMessage(string Id, string PopReceipt, string Body, int DequeueCount);
