using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Storage;

public sealed class SqliteTableTests : TableContract, IDisposable
{
    private readonly TemporaryStore _store = new();

    protected override ITable Table => _store.Store.Table(TableNames.Requests);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a\u007Fb")]
    [InlineData("a\u0085b")]
    [InlineData("ключ")]
    [InlineData("🙂")]
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
        Assert.Empty((await Table.QueryAfterAsync(Partition, null, 10, Token)));
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
