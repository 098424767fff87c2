using System.Globalization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

/// <summary>What every table does with a range of partitions.</summary>
public abstract partial class TableContract
{
    [Fact]
    public async Task A_query_of_a_range_returns_its_partitions_in_ordinal_order_with_both_ends()
    {
        string[] partitions = ["0", "1", "10", "2", "2z", "3", "4"];
        foreach (var partition in partitions)
        {
            foreach (var key in (string[])["b", "a"])
            {
                await Table.InsertAsync(new Row(new(Partition + partition, key), RowOf(key, ("Name", partition)).Properties), Token);
            }
        }

        foreach (var pageSize in new[] { 1_000, 3, 1 })
        {
            var rows = await QueryAllAsync(new PartitionRange(Partition + "1", Partition + "3"), pageSize);
            Assert.Equal(
                partitions[1..6].SelectMany(partition => new[] { (Partition + partition, "a"), (Partition + partition, "b") }),
                rows.Select(row => (row.PartitionKey, row.RowKey)));
            Assert.All(rows, row => Assert.Equal(Partition + row.Text("Name"), row.PartitionKey));
        }
    }

    [Fact]
    public async Task A_row_of_a_queried_range_can_be_replaced_under_its_etag()
    {
        await Table.InsertAsync(RowOf("a", ("Name", "1")), Token);

        var row = Assert.Single(await QueryAllAsync(new PartitionRange(Partition, Partition), 10));
        Assert.NotNull(await Table.ReplaceAsync(RowOf("a", ("Name", "2")) with { ETag = row.ETag }, Token));
    }

    [Fact]
    public async Task An_empty_range_is_one_empty_page()
    {
        await Table.InsertAsync(RowOf("a"), Token);

        foreach (var range in (PartitionRange[])[new(Partition + "0", Partition + "9"), new(Partition + "9", Partition + "0")])
        {
            var page = await Table.QueryAsync(range, null, 1, Token);
            Assert.Empty(page.Rows);
            Assert.Null(page.Continuation);
        }
    }

    [Fact]
    public async Task A_range_takes_only_rows_whose_number_is_at_most_that_large()
    {
        (string Key, object? Number)[] rows = [("a", 10L), ("b", 11L), ("c", null), ("d", -5L), ("f", long.MinValue), ("g", long.MaxValue)];
        foreach (var (key, number) in rows)
        {
            await Table.InsertAsync(RowOf(key, ("Text", new string('x', 300)), ("Number", number), ("Other", 1L)), Token);
        }

        Assert.Equal(["a", "d", "f"], await KeysAsync(10));
        Assert.Equal(["a", "b", "d", "f"], await KeysAsync(11));
        Assert.Equal(["f"], await KeysAsync(long.MinValue));

        async Task<string[]> KeysAsync(long most) =>
            [.. (await QueryAllAsync(new PartitionRange(Partition, Partition, new AtMost("Number", most)), 2)).Select(row => row.RowKey)];
    }

    [Fact]
    public async Task Pages_of_a_range_miss_no_row_that_the_filter_leaves()
    {
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 1_200), new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token },
            async (number, token) => await Table.InsertAsync(
                new Row(
                    new($"{Partition}{number % 3}", number.ToString("D5", CultureInfo.InvariantCulture)),
                    RowOf("a", ("Number", (long)(number % 7))).Properties),
                token));

        foreach (var pageSize in new[] { 1_000, 50 })
        {
            var rows = await QueryAllAsync(new PartitionRange(Partition + "1", Partition + "2", new AtMost("Number", 0)), pageSize);
            var expected = Enumerable.Range(0, 1_200)
                .Where(number => number % 7 == 0 && number % 3 > 0)
                .OrderBy(number => number % 3)
                .ThenBy(number => number);
            Assert.Equal(expected, rows.Select(row => int.Parse(row.RowKey, CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public async Task Rows_may_be_deleted_while_their_range_is_gone_through()
    {
        foreach (var number in Enumerable.Range(0, 30))
        {
            await Table.InsertAsync(new Row(new($"{Partition}{number / 10}", $"{number:D2}"), RowOf("a").Properties), Token);
        }

        var seen = new List<string>();
        string? continuation = null;
        do
        {
            var page = await Table.QueryAsync(new PartitionRange(Partition + "0", Partition + "2"), continuation, 4, Token);
            seen.AddRange(page.Rows.Select(row => row.RowKey));
            foreach (var row in page.Rows)
            {
                await Table.DeleteBatchAsync(row.PartitionKey, [row.RowKey], Token);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);

        Assert.Equal(Enumerable.Range(0, 30).Select(number => $"{number:D2}"), seen);
    }

    private async Task<List<Row>> QueryAllAsync(PartitionRange range, int pageSize)
    {
        var rows = new List<Row>();
        string? continuation = null;
        do
        {
            var page = await Table.QueryAsync(range, continuation, pageSize, Token);
            Assert.InRange(page.Rows.Count, 0, pageSize);
            rows.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return rows;
    }
}
