using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

public sealed class SqliteTableTests : TableContract, IDisposable
{
    private readonly TemporaryStore _store = new();

    protected override ITable Table => _store.Store.Table(TableNames.Requests);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_is_that_of_utf16_units_in_every_plane()
    {
        // U+1F642 is after U+FF5E as a character and in UTF-8, but before it in ordinal order.
        string[] keys = ["～", "🙂", "z", "ж", "\uE000", "世"];
        foreach (var key in keys)
        {
            await Table.InsertAsync(RowOf(key), Token);
        }

        var page = await Table.QueryAsync(Partition, null, 10, Token);
        Assert.Equal(keys.Order(StringComparer.Ordinal), page.Rows.Select(row => row.RowKey));
        Assert.Equal(
            keys.Order(StringComparer.Ordinal).Skip(3),
            (await Table.QueryAsync(Partition, page.Rows[2].RowKey, 10, Token)).Rows.Select(row => row.RowKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u0085b")]
    public async Task A_key_that_no_store_could_keep_is_refused(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(RowOf(key), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(new Row(new(key, "a"), RowOf("a").Properties), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.ReadAsync(new(Partition, key), Token));
    }

    [Fact]
    public async Task A_value_that_no_store_could_keep_is_refused()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(RowOf("a", ("Text", new string('x', 32_769))), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(RowOf("a", ("Number", 1)), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(RowOf(new string('r', 513)), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Table.InsertAsync(
            RowOf("a", [.. Enumerable.Range(0, 17).Select(number => ($"Text{number}", (object?)new string('世', 32_768)))]), Token));
        Assert.Empty((await Table.QueryAsync(Partition, null, 10, Token)).Rows);
    }

    [Fact]
    public Task Letters_of_every_alphabet_count_alike() => FillAsync('世');

    public void Dispose() => _store.Dispose();
}

/// <summary>The same where every read asks the file.</summary>
public sealed class SqliteTableFromFileTests : TableContract, IDisposable
{
    private readonly TemporaryStore _store = new(options => options.RecentRowsMegabytes = 0);

    protected override ITable Table => _store.Store.Table(TableNames.Requests);

    public void Dispose() => _store.Dispose();
}
