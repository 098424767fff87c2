using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>What a row and a message may hold.</summary>
public sealed class EntityTests(SharedAzurite azurite) : AzuriteTest(azurite)
{
    private ITable Table => Storage.Requests;

    [Theory]
    [InlineData("it's ''quoted''")]
    [InlineData("100% sure + more & less = ok; a,b:c@d!$(x)*~[y]{z}|^`<>")]
    [InlineData("%27 %2F %25")]
    [InlineData(" leading and trailing ")]
    [InlineData("..")]
    public async Task Keys_keep_every_character_that_the_port_allows(string text)
    {
        var row = new Row(new(Rows.NewName("p") + text, text), new Dictionary<string, object?>(StringComparer.Ordinal) { ["Text"] = text });

        var etag = await Table.InsertAsync(row, CancellationToken.None);

        Assert.NotNull(etag);
        Assert.Null(await Table.InsertAsync(row, CancellationToken.None));
        var read = await Table.ReadAsync(row.Key, CancellationToken.None);
        Assert.Equal((row.Key, text, etag), (read!.Key, read.Text("Text"), read.ETag));
        Assert.Equal(text, Assert.Single(await Table.QueryAfterAsync(row.PartitionKey, null, 10, CancellationToken.None)).RowKey);
        Assert.NotNull(await Table.ReplaceAsync(read, CancellationToken.None));
        await Table.DeleteBatchAsync(row.PartitionKey, [text], CancellationToken.None);
        Assert.False(await Table.DeleteAsync(row.Key, null, CancellationToken.None));
    }

    [Fact]
    public async Task Values_come_back_as_they_were_and_nothing_else_does()
    {
        var row = Rows.New(properties:
            [
                ("Empty", ""), ("Text", "a\r\n\t\"b\"\\ \u2028"), ("Least", long.MinValue), ("Most", long.MaxValue), ("Small", 7L),
                ("Yes", true), ("No", false), ("Nothing", null)
            ]);
        await Table.InsertAsync(row, CancellationToken.None);

        var read = await Table.ReadAsync(row.Key, CancellationToken.None);

        var expected = row.Properties.Where(p => p.Value is not null).OrderBy(p => p.Key, StringComparer.Ordinal);
        Assert.Equal(expected, read!.Properties.OrderBy(p => p.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_replaced_row_keeps_nothing_of_the_old_one()
    {
        var row = Rows.New(properties: [("Old", "x"), ("Kept", 1L)]);
        var etag = await Table.InsertAsync(row, CancellationToken.None);

        await Table.ReplaceAsync(row.With(("Kept", 2L)) with { ETag = etag }, CancellationToken.None);

        var read = await Table.ReadAsync(row.Key, CancellationToken.None);
        Assert.Equal(("Kept", 2L), (Assert.Single(read!.Properties).Key, read.Number("Kept")));
    }

    [Fact]
    public async Task A_text_of_64_KiB_is_kept_and_a_longer_one_is_refused_before_the_call()
    {
        var row = Rows.New(properties: ("Text", new string('語', 32_768)));
        await Table.InsertAsync(row, CancellationToken.None);
        Assert.Equal(32_768, (await Table.ReadAsync(row.Key, CancellationToken.None))!.Text("Text")!.Length);

        await RefusesAsync(Rows.New(properties: ("Text", new string('x', 32_769))));
    }

    [Fact]
    public async Task A_row_beyond_1_MiB_is_refused_before_the_call()
    {
        var text = new string('x', 32_700);
        var properties = Enumerable.Range(0, 16).Select(i => ($"Text{i}", (object?)text)).ToArray();
        Assert.NotNull(await Table.InsertAsync(Rows.New(properties: properties), CancellationToken.None));

        await RefusesAsync(Rows.New(properties: [.. properties, ("One", new string('x', 2_000))]));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("")]
    public async Task Other_keys_are_refused_before_the_call(string key)
    {
        await RefusesAsync(Rows.New(key));
        await RefusesAsync(Rows.New() with { Key = new(key, "row") });
        await RefusesAsync(Rows.New(new string('x', 513)));
    }

    [Theory]
    [InlineData("WriteIds", "x")]
    [InlineData("Timestamp", "x")]
    [InlineData("with space", "x")]
    [InlineData("Number", 1.5)]
    public async Task Properties_that_the_store_cannot_hold_are_refused_before_the_call(string name, object value) =>
        await RefusesAsync(Rows.New(properties: (name, value)));

    [Fact]
    public async Task A_message_keeps_every_character_and_the_largest_one_fits()
    {
        var name = Rows.NewName("q");
        var queue = await Storage.NewQueueAsync(name);
        var largest = new string('語', 16_000);
        string[] messages = ["{\"a\":\"<&>\"}", "语 😀", largest];
        foreach (var message in messages)
        {
            await queue.SendAsync(message, TimeSpan.Zero, CancellationToken.None);
        }

        var received = await Storage.Queues.GetQueueClient(name).ReceiveMessagesAsync(10);

        Assert.Equal(messages, received.Value.Select(message => message.Body.ToString()));
        await Assert.ThrowsAsync<ArgumentException>(() => queue.SendAsync(largest + "x", TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_delayed_message_stays_hidden()
    {
        var name = Rows.NewName("q");
        var queue = await Storage.NewQueueAsync(name);

        await queue.SendAsync("later", TimeSpan.FromDays(7), CancellationToken.None);

        Assert.Empty((await Storage.Queues.GetQueueClient(name).ReceiveMessagesAsync(10)).Value);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.SendAsync("x", TimeSpan.FromDays(8), CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.SendAsync("x", TimeSpan.FromSeconds(-1), CancellationToken.None));
    }

    private async Task RefusesAsync(Row row)
    {
        var calls = await CallsOfAsync(async () =>
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.InsertAsync(row, CancellationToken.None));
            await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.ReplaceAsync(row with { ETag = "x" }, CancellationToken.None));
        });
        Assert.Equal(0, calls);
    }
}
