using System.Globalization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

/// <summary>What every table does with the rows of a partition after a row key.</summary>
public abstract partial class TableContract
{
    [Fact]
    public async Task A_query_after_a_row_key_begins_with_the_next_row_of_the_partition()
    {
        string[] keys = ["b", "a", "Z", "10", "2", "a-", "aa", "~"];
        foreach (var key in keys)
        {
            await Table.InsertAsync(RowOf(key, ("Name", key)), Token);
            await Table.InsertAsync(new Row(new(Partition + "0", key), RowOf(key).Properties), Token);
        }

        var sorted = keys.Order(StringComparer.Ordinal).ToArray();
        for (var at = 0; at < sorted.Length; at++)
        {
            var rows = await Table.QueryAfterAsync(Partition, sorted[at], 1_000, Token);
            Assert.Equal(sorted[(at + 1)..], rows.Select(row => row.RowKey));
            Assert.All(rows, row => Assert.Equal((Partition, row.RowKey), (row.PartitionKey, row.Text("Name"))));
        }
    }

    [Theory]
    [InlineData(null, "10,2,Z,a")]
    [InlineData("!", "10,2,Z,a")]
    [InlineData("1", "10,2,Z,a")]
    [InlineData("11", "2,Z,a")]
    [InlineData("Z", "a")]
    [InlineData("Zz", "a")]
    [InlineData("a0", "")]
    public async Task A_query_may_begin_after_a_key_that_no_row_has(string? after, string expected)
    {
        foreach (var key in (string[])["a", "Z", "10", "2"])
        {
            await Table.InsertAsync(RowOf(key), Token);
        }

        var rows = await Table.QueryAfterAsync(Partition, after, 1_000, Token);
        Assert.Equal(expected, string.Join(',', rows.Select(row => row.RowKey)));
    }

    [Fact]
    public async Task A_query_after_a_row_key_returns_as_many_rows_as_asked_for_while_there_are_more()
    {
        var keys = Enumerable.Range(0, 1_050).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToArray();
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token },
            async (key, token) => Assert.NotNull(await Table.InsertAsync(RowOf(key), token)));

        foreach (var most in new[] { 1, 7, 999, 1_000 })
        {
            Assert.Equal(keys[..most], (await Table.QueryAfterAsync(Partition, null, most, Token)).Select(row => row.RowKey));
            Assert.Equal(keys[50..(50 + most)], (await Table.QueryAfterAsync(Partition, "00049", most, Token)).Select(row => row.RowKey));
        }

        Assert.Equal(keys[1_000..], (await Table.QueryAfterAsync(Partition, "00999", 1_000, Token)).Select(row => row.RowKey));
        Assert.Empty(await Table.QueryAfterAsync(Partition, "01049", 1_000, Token));
    }

    [Theory]
    [InlineData("a", 0)]
    [InlineData("a", 1_001)]
    [InlineData("", 1)]
    [InlineData("a/b", 1)]
    public async Task A_query_after_a_row_key_refuses_what_is_no_key_and_more_than_1000_rows(string after, int most) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.QueryAfterAsync(Partition, after, most, Token));
}
