using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>Writes that have happened though their answers did not arrive.</summary>
public sealed class LostAnswerTests(SharedAzurite azurite) : AzuriteTest(azurite)
{
    private ITable Table => Storage.Requests;

    [Fact]
    public async Task An_insert_whose_answer_is_lost_is_no_conflict_with_itself()
    {
        var row = Rows.New(properties: ("Name", "first"));
        Network.LoseNextAnswer();

        var etag = await Table.InsertAsync(row, CancellationToken.None);

        Assert.Equal((await ReadAsync(row))!.ETag, etag);
    }

    [Fact]
    public async Task An_insert_that_meets_another_row_after_a_lost_call_is_a_conflict()
    {
        var row = Rows.New(properties: ("Name", "ours"));
        Network.LoseNextCall(meanwhile: () => Table.InsertAsync(row.With(("Name", "theirs")), CancellationToken.None));

        Assert.Null(await Table.InsertAsync(row, CancellationToken.None));

        Assert.Equal("theirs", (await ReadAsync(row))!.Text("Name"));
    }

    [Fact]
    public async Task An_insert_that_another_has_built_upon_is_reported_as_done_and_its_etag_loses_the_next_race()
    {
        var row = Rows.New(properties: ("Count", 1L));
        Network.LoseNextAnswer(meanwhile: () => ReplaceAsync(row, ("Count", 2L)));

        var etag = await Table.InsertAsync(row, CancellationToken.None);

        Assert.NotNull(etag);
        Assert.Null(await Table.ReplaceAsync(row.With(("Count", 7L)) with { ETag = etag }, CancellationToken.None));
        Assert.False(await Table.DeleteAsync(row.Key, etag, CancellationToken.None));
        Assert.Equal(2L, (await ReadAsync(row))!.Number("Count"));
    }

    [Fact]
    public async Task A_replace_whose_answer_is_lost_has_not_lost_the_race_against_itself()
    {
        var row = Rows.New(properties: ("State", "Open"));
        var first = await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextAnswer();

        var etag = await Table.ReplaceAsync(row.With(("State", "Starting")) with { ETag = first }, CancellationToken.None);

        var now = await ReadAsync(row);
        Assert.Equal(now!.ETag, etag);
        Assert.Equal("Starting", now.Text("State"));
        Assert.NotNull(await Table.ReplaceAsync(now.With(("State", "Placed")), CancellationToken.None));
    }

    [Fact]
    public async Task A_claim_whose_answer_is_lost_is_won_even_though_others_wrote_the_row_since()
    {
        var row = Rows.New(properties: ("State", "Open"));
        var first = await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextAnswer(meanwhile: async () =>
        {
            await ReplaceAsync(row, ("State", "Starting"), ("Wrong", 1L));
            await ReplaceAsync(row, ("State", "Starting"), ("Wrong", 2L));
        });

        var etag = await Table.ReplaceAsync(row.With(("State", "Starting")) with { ETag = first }, CancellationToken.None);

        Assert.NotNull(etag);
        Assert.Null(await Table.ReplaceAsync(row.With(("State", "Placed")) with { ETag = etag }, CancellationToken.None));
        Assert.Equal(2L, (await ReadAsync(row))!.Number("Wrong"));
    }

    [Fact]
    public async Task A_replace_that_never_arrived_and_was_outrun_has_lost_the_race()
    {
        var row = Rows.New(properties: ("State", "Open"));
        var first = await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextCall(meanwhile: () => ReplaceAsync(row, ("State", "Canceled")));

        Assert.Null(await Table.ReplaceAsync(row.With(("State", "Starting")) with { ETag = first }, CancellationToken.None));

        Assert.Equal("Canceled", (await ReadAsync(row))!.Text("State"));
    }

    [Fact]
    public async Task A_replace_of_a_row_that_was_deleted_meanwhile_has_lost_the_race()
    {
        var row = Rows.New();
        var first = await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextAnswer(meanwhile: () => Table.DeleteAsync(row.Key, null, CancellationToken.None));

        Assert.Null(await Table.ReplaceAsync(row.With(("State", "Starting")) with { ETag = first }, CancellationToken.None));
    }

    [Fact]
    public async Task A_conflict_without_a_repetition_costs_one_call()
    {
        var row = Rows.New(properties: ("State", "Open"));
        await Table.InsertAsync(row, CancellationToken.None);
        var stale = (await ReadAsync(row))!;
        await ReplaceAsync(row, ("State", "Canceled"));

        Assert.Equal(1, await CallsOfAsync(() => Table.InsertAsync(row, CancellationToken.None)));
        Assert.Equal(1, await CallsOfAsync(() => Table.ReplaceAsync(stale, CancellationToken.None)));
        Assert.Equal(1, await CallsOfAsync(() => Table.DeleteAsync(row.Key, stale.ETag, CancellationToken.None)));
    }

    [Fact]
    public async Task Two_rivals_with_lost_answers_do_not_both_win()
    {
        var row = Rows.New(properties: ("State", "Open"));
        var first = await Table.InsertAsync(row, CancellationToken.None);
        string? rival = null;
        Network.LoseNextCall(meanwhile: async () =>
        {
            Network.LoseNextAnswer();
            rival = await Table.ReplaceAsync(row.With(("State", "Rival")) with { ETag = first }, CancellationToken.None);
        });

        var ours = await Table.ReplaceAsync(row.With(("State", "Ours")) with { ETag = first }, CancellationToken.None);

        Assert.NotNull(rival);
        Assert.Null(ours);
        Assert.Equal("Rival", (await ReadAsync(row))!.Text("State"));
    }

    [Fact]
    public async Task A_write_whose_every_answer_is_lost_is_reported_as_unknown()
    {
        var row = Rows.New();
        Network.LoseEveryAnswer();

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Table.InsertAsync(row, CancellationToken.None));
    }

    [Fact]
    public async Task An_unconditional_delete_whose_answer_is_lost_is_done()
    {
        var row = Rows.New();
        await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextAnswer();

        Assert.True(await Table.DeleteAsync(row.Key, null, CancellationToken.None));
        Assert.False(await Table.DeleteAsync(row.Key, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_conditional_delete_whose_answer_is_lost_does_not_claim_to_know_who_deleted()
    {
        var row = Rows.New();
        var etag = await Table.InsertAsync(row, CancellationToken.None);
        Network.LoseNextAnswer();

        await Assert.ThrowsAsync<StorageUnavailableException>(() => Table.DeleteAsync(row.Key, etag, CancellationToken.None));

        Assert.Null(await ReadAsync(row));
    }

    [Fact]
    public async Task A_batch_whose_answer_is_lost_is_done()
    {
        var row = Rows.New();
        var keys = Enumerable.Range(0, 7).Select(i => $"row{i}").ToArray();
        await Task.WhenAll(keys.Select(key => Table.InsertAsync(row with { Key = row.Key with { Row = key } }, CancellationToken.None)));
        Network.LoseNextAnswer();

        await Table.DeleteBatchAsync(row.PartitionKey, keys, CancellationToken.None);

        Assert.Empty(await Table.QueryAfterAsync(row.PartitionKey, null, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_whose_answer_is_lost_arrives_at_least_once()
    {
        var name = Rows.NewName("q");
        var queue = await Storage.NewQueueAsync(name);
        Network.LoseNextAnswer();

        await queue.SendAsync("job", TimeSpan.Zero, CancellationToken.None);

        var received = await Storage.Queues.GetQueueClient(name).ReceiveMessagesAsync(10);
        Assert.All(received.Value, message => Assert.Equal("job", message.Body.ToString()));
        Assert.NotEmpty(received.Value);
    }

    private Task<Row?> ReadAsync(Row row) => Table.ReadAsync(row.Key, CancellationToken.None);

    private async Task ReplaceAsync(Row row, params (string Name, object? Value)[] properties)
    {
        var now = await ReadAsync(row);
        Assert.NotNull(await Table.ReplaceAsync(now!.With(properties), CancellationToken.None));
    }
}
