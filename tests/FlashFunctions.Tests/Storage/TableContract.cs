using System.Globalization;
using System.Security.Cryptography;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

/// <summary>
/// What every <see cref="ITable"/> does. An adapter's tests derive from this and give it a table, which may hold other rows: each
/// test has a partition of its own.
/// </summary>
public abstract partial class TableContract
{
    protected abstract ITable Table { get; }

    /// <summary>Used by this test alone.</summary>
    protected string Partition { get; } = "p" + RandomNumberGenerator.GetHexString(12, lowercase: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_inserted_row_can_be_read_with_its_etag()
    {
        var etag = await Table.InsertAsync(RowOf("a", ("Name", "x")), Token);

        var row = await ReadAsync("a");
        Assert.NotNull(row);
        Assert.Equal((new TableKey(Partition, "a"), "x", etag), (row.Key, row.Text("Name"), row.ETag));
    }

    [Fact]
    public async Task A_row_that_is_not_there_is_read_as_null()
    {
        await Table.InsertAsync(RowOf("a"), Token);

        Assert.Null(await ReadAsync("b"));
        Assert.Null(await Table.ReadAsync(new(Partition + "x", "a"), Token));
    }

    [Fact]
    public async Task A_key_that_is_taken_is_not_inserted_again()
    {
        var etag = await Table.InsertAsync(RowOf("a", ("Name", "first")), Token);

        Assert.Null(await Table.InsertAsync(RowOf("a", ("Name", "second")), Token));

        var row = await ReadAsync("a");
        Assert.Equal(("first", etag), (row!.Text("Name"), row.ETag));
    }

    [Fact]
    public async Task A_replaced_row_has_a_new_etag_and_none_of_the_old_properties()
    {
        var first = await Table.InsertAsync(RowOf("a", ("Old", "x"), ("Both", "x")), Token);

        var second = await Table.ReplaceAsync(RowOf("a", ("Both", "y"), ("New", "y")) with { ETag = first }, Token);

        var row = await ReadAsync("a");
        Assert.NotNull(second);
        Assert.NotEqual(first, second);
        Assert.Equal((null, "y", "y", second), (row!.Text("Old"), row.Text("Both"), row.Text("New"), row.ETag));
    }

    [Fact]
    public async Task A_replace_under_an_old_etag_changes_nothing()
    {
        var first = await Table.InsertAsync(RowOf("a", ("Name", "1")), Token);
        var second = await Table.ReplaceAsync(RowOf("a", ("Name", "2")) with { ETag = first }, Token);

        Assert.Null(await Table.ReplaceAsync(RowOf("a", ("Name", "3")) with { ETag = first }, Token));

        var row = await ReadAsync("a");
        Assert.Equal(("2", second), (row!.Text("Name"), row.ETag));
    }

    [Fact]
    public async Task A_row_that_has_gone_is_not_replaced()
    {
        var etag = await Table.InsertAsync(RowOf("a"), Token);
        await Table.DeleteAsync(new(Partition, "a"), null, Token);

        Assert.Null(await Table.ReplaceAsync(RowOf("a") with { ETag = etag }, Token));
        Assert.Null(await ReadAsync("a"));
    }

    [Fact]
    public async Task A_replace_without_an_etag_is_a_mistake()
    {
        await Table.InsertAsync(RowOf("a"), Token);

        await Assert.ThrowsAsync<ArgumentException>(() => Table.ReplaceAsync(RowOf("a"), Token));
    }

    [Fact]
    public async Task The_etag_of_another_row_replaces_nothing()
    {
        await Table.InsertAsync(RowOf("a", ("Name", "a")), Token);
        var other = await Table.InsertAsync(RowOf("b", ("Name", "b")), Token);
        await Table.ReplaceAsync(RowOf("b", ("Name", "b2")) with { ETag = other }, Token);

        Assert.Null(await Table.ReplaceAsync(RowOf("b", ("Name", "x")) with { ETag = other }, Token));
        Assert.Equal(("a", "b2"), ((await ReadAsync("a"))!.Text("Name"), (await ReadAsync("b"))!.Text("Name")));
    }

    [Fact]
    public async Task A_row_is_deleted_whatever_its_etag_when_none_is_given()
    {
        await Table.InsertAsync(RowOf("a"), Token);

        Assert.True(await Table.DeleteAsync(new(Partition, "a"), null, Token));
        Assert.Null(await ReadAsync("a"));
        Assert.False(await Table.DeleteAsync(new(Partition, "a"), null, Token));
    }

    [Fact]
    public async Task A_delete_under_an_old_etag_leaves_the_row()
    {
        var first = await Table.InsertAsync(RowOf("a"), Token);
        var second = await Table.ReplaceAsync(RowOf("a", ("Name", "2")) with { ETag = first }, Token);

        Assert.False(await Table.DeleteAsync(new(Partition, "a"), first, Token));
        Assert.NotNull(await ReadAsync("a"));
        Assert.True(await Table.DeleteAsync(new(Partition, "a"), second, Token));
        Assert.Null(await ReadAsync("a"));
    }

    [Fact]
    public async Task An_etag_from_before_a_deletion_never_counts_again()
    {
        var before = await Table.InsertAsync(RowOf("a", ("Name", "x")), Token);
        await Table.DeleteAsync(new(Partition, "a"), null, Token);
        var after = await Table.InsertAsync(RowOf("a", ("Name", "x")), Token);

        Assert.NotEqual(before, after);
        Assert.Null(await Table.ReplaceAsync(RowOf("a") with { ETag = before }, Token));
        Assert.False(await Table.DeleteAsync(new(Partition, "a"), before, Token));
        Assert.NotNull(await Table.ReplaceAsync(RowOf("a") with { ETag = after }, Token));
    }

    [Fact]
    public async Task Every_type_of_property_comes_back_as_it_was()
    {
        await Table.InsertAsync(
            RowOf(
                "a", ("Empty", ""), ("Text", "Привет, 世界 🙂 \"'<&>\r\n\t"), ("Zero", 0L), ("Least", long.MinValue),
                ("Most", long.MaxValue), ("Yes", true), ("No", false), ("Nothing", null)),
            Token);

        var row = await ReadAsync("a");
        Assert.Equal(("", "Привет, 世界 🙂 \"'<&>\r\n\t"), (row!.Text("Empty"), row.Text("Text")));
        Assert.Equal((0L, long.MinValue, long.MaxValue), (row.Number("Zero"), row.Number("Least"), row.Number("Most")));
        Assert.Equal((true, false), (row.Properties["Yes"], row.Properties["No"]));
        Assert.False(row.Properties.ContainsKey("Nothing"));
        Assert.Equal(7, row.Properties.Count);
    }

    [Fact]
    public async Task A_row_needs_no_properties()
    {
        await Table.InsertAsync(RowOf("a"), Token);

        Assert.Empty((await ReadAsync("a"))!.Properties);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('ж')]
    [InlineData('世')]
    public async Task A_string_of_32768_characters_fits(char character)
    {
        var text = new string(character, 32_768);
        await Table.InsertAsync(RowOf("a", ("Text", text)), Token);

        Assert.Equal(text, (await ReadAsync("a"))!.Text("Text"));
    }

    [Fact]
    public async Task A_row_is_a_copy_of_what_was_given()
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { ["Name"] = "stored" };
        await Table.InsertAsync(new Row(new(Partition, "a"), properties), Token);
        properties["Name"] = "changed afterwards";

        Assert.Equal("stored", (await ReadAsync("a"))!.Text("Name"));
    }

    [Theory]
    [InlineData("! \"$%&'()*+,-.0123456789:;<=>@")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`")]
    [InlineData("abcdefghijklmnopqrstuvwxyz{|}~")]
    [InlineData("it''s a 'key' with spaces")]
    [InlineData("100%25 + a=b&c")]
    public async Task A_key_may_hold_every_other_character(string key)
    {
        var partition = Partition + key;
        var etag = await Table.InsertAsync(new Row(new(partition, key), RowOf("a", ("Name", "1")).Properties), Token);
        Assert.Null(await Table.InsertAsync(new Row(new(partition, key), RowOf("a").Properties), Token));
        var replaced = await Table.ReplaceAsync(new Row(new(partition, key), RowOf("a", ("Name", "2")).Properties, etag), Token);

        var row = await Table.ReadAsync(new(partition, key), Token);
        Assert.Equal((partition, key, "2", replaced), (row!.PartitionKey, row.RowKey, row.Text("Name"), row.ETag));
        Assert.Equal(key, Assert.Single((await Table.QueryAfterAsync(partition, null, 10, Token))).RowKey);
        await Table.DeleteBatchAsync(partition, [key], Token);
        Assert.Null(await Table.ReadAsync(new(partition, key), Token));
    }

    [Fact]
    public async Task Keys_of_512_characters_fit()
    {
        var (partition, key) = (Partition.PadRight(512, 'p'), new string('r', 512));
        await Table.InsertAsync(new Row(new(partition, key), RowOf("a", ("Name", "x")).Properties), Token);

        Assert.Equal("x", (await Table.ReadAsync(new(partition, key), Token))!.Text("Name"));
        Assert.Equal(key, Assert.Single((await Table.QueryAfterAsync(partition, null, 10, Token))).RowKey);
    }

    [Fact]
    public async Task Keys_that_differ_in_case_are_different_keys()
    {
        await Table.InsertAsync(RowOf("key", ("Name", "lower")), Token);
        Assert.NotNull(await Table.InsertAsync(RowOf("KEY", ("Name", "upper")), Token));

        Assert.Equal("lower", (await ReadAsync("key"))!.Text("Name"));
        Assert.Equal("upper", (await ReadAsync("KEY"))!.Text("Name"));
    }

    [Fact]
    public async Task A_query_returns_one_partition_in_ordinal_order()
    {
        string[] keys = ["b", "a", "Z", "10", "2", "_", "a-", "aa", "a b", "~"];
        foreach (var key in keys)
        {
            await Table.InsertAsync(RowOf(key, ("Name", key)), Token);
        }

        await Table.InsertAsync(new Row(new(Partition + "0", "a"), RowOf("a").Properties), Token);
        await Table.InsertAsync(new Row(new(Partition[..^1], "a"), RowOf("a").Properties), Token);

        var rows = await QueryAllAsync(1_000);
        Assert.Equal(keys.Order(StringComparer.Ordinal), rows.Select(row => row.RowKey));
        Assert.All(rows, row => Assert.Equal((Partition, row.RowKey), (row.PartitionKey, row.Text("Name"))));
    }

    [Fact]
    public async Task A_queried_row_can_be_replaced_under_its_etag()
    {
        await Table.InsertAsync(RowOf("a", ("Name", "1")), Token);

        var row = Assert.Single((await Table.QueryAfterAsync(Partition, null, 10, Token)));
        Assert.NotNull(await Table.ReplaceAsync(RowOf("a", ("Name", "2")) with { ETag = row.ETag }, Token));
        Assert.Equal("2", (await ReadAsync("a"))!.Text("Name"));
    }

    [Fact]
    public async Task An_empty_partition_is_one_empty_page()
    {
        var page = await Table.QueryAsync(Own, null, 1, Token);

        Assert.Empty(page.Rows);
        Assert.Null(page.Continuation);
        Assert.Empty(await Table.QueryAfterAsync(Partition, null, 1, Token));
    }

    [Fact]
    public async Task Pages_of_2500_rows_miss_none_and_repeat_none()
    {
        var keys = Enumerable.Range(0, 2_500).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToArray();
        await Parallel.ForEachAsync(
            keys, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Token },
            async (key, token) => Assert.NotNull(await Table.InsertAsync(RowOf(key), token)));

        foreach (var pageSize in new[] { 1_000, 500, 333 })
        {
            Assert.Equal(keys, (await QueryAllAsync(pageSize)).Select(row => row.RowKey));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_001)]
    public async Task A_page_has_1_to_1000_rows(int pageSize)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.QueryAfterAsync(Partition, null, pageSize, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.QueryAsync(Own, null, pageSize, Token));
    }

    [Fact]
    public async Task A_batch_deletes_any_number_of_rows_and_passes_over_absent_ones()
    {
        var keys = Enumerable.Range(0, 320).Select(number => number.ToString("D5", CultureInfo.InvariantCulture)).ToArray();
        await Task.WhenAll(keys.Select(key => Table.InsertAsync(RowOf(key), Token)));

        await Table.DeleteBatchAsync(
            Partition, [.. keys[..300], "absent", .. Enumerable.Range(0, 130).Select(number => $"x{number}")], Token);

        Assert.Equal(keys[300..], (await QueryAllAsync(1_000)).Select(row => row.RowKey));
        Assert.Null(await ReadAsync(keys[0]));
        Assert.NotNull(await ReadAsync(keys[300]));
        await Table.DeleteBatchAsync(Partition, keys, Token);
        await Table.DeleteBatchAsync(Partition, [], Token);
        Assert.Empty(await QueryAllAsync(1_000));
    }

    [Fact]
    public async Task Of_200_parallel_inserts_of_a_key_one_wins()
    {
        var etags = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            number => Task.Run(() => Table.InsertAsync(RowOf("a", ("Number", (long)number)), Token), Token)));

        var winner = Assert.Single(Enumerable.Range(0, 200), number => etags[number] is not null);
        var row = await ReadAsync("a");
        Assert.Equal(((long)winner, etags[winner]), (row!.Number("Number")!.Value, row.ETag));
    }

    [Fact]
    public async Task Of_200_parallel_replaces_of_an_etag_one_wins()
    {
        var first = await Table.InsertAsync(RowOf("a"), Token);
        var etags = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            number => Task.Run(() => Table.ReplaceAsync(RowOf("a", ("Number", (long)number)) with { ETag = first }, Token), Token)));

        var winner = Assert.Single(Enumerable.Range(0, 200), number => etags[number] is not null);
        var row = await ReadAsync("a");
        Assert.Equal(((long)winner, etags[winner]), (row!.Number("Number")!.Value, row.ETag));
    }

    [Fact]
    public async Task A_counter_that_many_increment_at_once_ends_exact()
    {
        await Table.InsertAsync(RowOf("counter", ("Count", 0L)), Token);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Task.Run(
            async () =>
            {
                for (var done = 0; done < 20;)
                {
                    var row = await ReadAsync("counter");
                    var next = RowOf("counter", ("Count", row!.Number("Count") + 1)) with { ETag = row.ETag };
                    if (await Table.ReplaceAsync(next, Token) is not null)
                    {
                        done++;
                    }
                }
            },
            Token)));

        Assert.Equal(200, (await ReadAsync("counter"))!.Number("Count"));
    }

    [Fact]
    public async Task Whoever_awaited_a_write_reads_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(
            async () =>
            {
                var etag = await Table.InsertAsync(RowOf($"w{number}", ("Step", 0L)), Token);
                for (var step = 1L; step <= 20; step++)
                {
                    etag = await Table.ReplaceAsync(RowOf($"w{number}", ("Step", step)) with { ETag = etag }, Token);
                    var row = await ReadAsync($"w{number}");
                    Assert.Equal((step, etag), (row!.Number("Step")!.Value, row.ETag));
                }
            },
            Token)));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_began_does_not_happen()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Table.InsertAsync(RowOf("a"), cancelled));
        Assert.Null(await ReadAsync("a"));
    }

    /// <summary>A row of this test's partition.</summary>
    protected Row RowOf(string rowKey, params (string Name, object? Value)[] properties) =>
        new(new(Partition, rowKey), properties.ToDictionary(property => property.Name, property => property.Value, StringComparer.Ordinal));

    private Task<Row?> ReadAsync(string rowKey) => Table.ReadAsync(new(Partition, rowKey), Token);

    /// <summary>Its partition alone.</summary>
    private PartitionRange Own => new(Partition, Partition);

    private async Task<List<Row>> QueryAllAsync(int pageSize)
    {
        var rows = new List<Row>();
        string? continuation = null;
        do
        {
            var page = await Table.QueryAsync(Own, continuation, pageSize, Token);
            Assert.InRange(page.Rows.Count, 0, pageSize);
            rows.AddRange(page.Rows);
            continuation = page.Continuation;
        }
        while (continuation is not null);

        return rows;
    }
}
