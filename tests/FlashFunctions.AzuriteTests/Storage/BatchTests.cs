using FlashFunctions.AzuriteTests.Azurite;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.AzuriteTests.Storage;

/// <summary>Batches beyond the service's limits, and pages.</summary>
public sealed class BatchTests(SharedAzurite azurite) : AzuriteTest(azurite)
{
    private ITable Table => Storage.Requests;

    [Fact]
    public async Task More_than_a_hundred_rows_are_deleted_in_transactions_of_a_hundred()
    {
        var (partition, keys) = await FillAsync(250);
        await Table.InsertAsync(
            new Row(new(partition, "untouched"), new Dictionary<string, object?>(StringComparer.Ordinal)), CancellationToken.None);

        var calls = await CallsOfAsync(() => Table.DeleteBatchAsync(partition, [.. keys, keys[0]], CancellationToken.None));

        Assert.Equal(3, calls);
        Assert.Equal("untouched", Assert.Single(await Table.QueryAfterAsync(partition, null, 1000, CancellationToken.None)).RowKey);
    }

    [Fact]
    public async Task Rows_that_are_not_there_are_passed_over_at_the_cost_of_one_query()
    {
        var (partition, keys) = await FillAsync(20);
        await Table.DeleteBatchAsync(partition, [keys[3], keys[19]], CancellationToken.None);

        var calls = await CallsOfAsync(() => Table.DeleteBatchAsync(partition, keys, CancellationToken.None));

        Assert.Equal(3, calls);
        Assert.Empty(await Table.QueryAfterAsync(partition, null, 1000, CancellationToken.None));
        Assert.Equal(2, await CallsOfAsync(() => Table.DeleteBatchAsync(partition, keys, CancellationToken.None)));
    }

    [Fact]
    public async Task A_hundred_of_the_longest_keys_fit_one_transaction()
    {
        var row = Rows.New();
        var keys = Enumerable.Range(0, 100).Select(i => new string('%', 508) + $"{i:0000}").ToArray();
        foreach (var key in keys)
        {
            await Table.InsertAsync(row with { Key = row.Key with { Row = key } }, CancellationToken.None);
        }

        Assert.Equal(1, await CallsOfAsync(() => Table.DeleteBatchAsync(row.PartitionKey, keys, CancellationToken.None)));

        Assert.Empty(await Table.QueryAfterAsync(row.PartitionKey, null, 1000, CancellationToken.None));
    }

    [Fact]
    public async Task A_partition_is_read_page_by_page_in_order_and_each_page_is_one_call()
    {
        var (partition, keys) = await FillAsync(25);
        var seen = new List<string>();
        string? continuation = null;
        var pages = 0;
        var calls = await CallsOfAsync(async () =>
        {
            do
            {
                var page = await Table.QueryAsync(new PartitionRange(partition, partition), continuation, 10, CancellationToken.None);
                seen.AddRange(page.Rows.Select(row => row.RowKey));
                continuation = page.Continuation;
                pages++;
            }
            while (continuation is not null);
        });

        Assert.Equal(keys, seen);
        Assert.Equal(3, pages);
        Assert.Equal(3, calls);
    }

    private async Task<(string Partition, string[] Keys)> FillAsync(int count)
    {
        var row = Rows.New();
        var keys = Enumerable.Range(0, count).Select(i => $"row{i:0000}").ToArray();
        await Parallel.ForEachAsync(
            keys, async (key, token) => Assert.NotNull(await Table.InsertAsync(row with { Key = row.Key with { Row = key } }, token)));
        return (row.PartitionKey, keys);
    }
}
