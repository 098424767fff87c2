namespace FlashFunctions.Tests.Storage;

/// <summary>What every table refuses, so that a laptop refuses what the cloud does.</summary>
public abstract partial class TableContract
{
    /// <summary>Every refused row with the reason in a word.</summary>
    public static TheoryData<string, string> Refused => new()
    {
        { "text of one character too many", "Text" },
        { "reserved", "WriteIds" },
        { "reserved", "Timestamp" },
        { "reserved", "PartitionKey" },
        { "name", "with space" },
        { "name", "1st" },
        { "name", "" },
        { "type", "Number" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_Azure_refuses_in_a_property_is_refused(string why, string name)
    {
        object value = why switch
        {
            "type" => 1.5,
            "text of one character too many" => new string('x', 32_769),
            _ => "x",
        };

        await RefusesAsync((name, value));
    }

    [Fact]
    public Task A_row_of_1_MiB_less_the_history_fits_and_one_character_more_does_not() => FillAsync('x');

    /// <summary>
    /// Texts count two bytes a character, whatever the letter. The emulator counts UTF-8, and so refuses more than the service.
    /// </summary>
    protected async Task FillAsync(char letter)
    {
        const int Most = (1024 * 1024) - 256;
        const int Text = 31_000;
        const int Other = 8 + (2 * 6) + 4;
        var keys = 4 + (2 * (Partition.Length + "a".Length));
        var left = (Most - keys - (17 * Other)) / 2;
        var texts = Enumerable.Range(0, 17)
            .Select(number => ($"Text{number:D2}", new string(letter, number < 16 ? Text : left - (16 * Text)))).ToArray();
        (string, object?)[] whole = [.. texts.Select(text => (text.Item1, (object?)text.Item2))];

        var etag = await Table.InsertAsync(RowOf("a", whole), Token);
        Assert.NotNull(etag);
        Assert.NotNull(await Table.ReplaceAsync(RowOf("a", whole) with { ETag = etag }, Token));
        Assert.Equal(texts[16].Item2, (await ReadAsync("a"))!.Text("Text16"));
        whole[16] = ("Text16", texts[16].Item2 + letter);
        await RefusesAsync(whole);
    }

    [Fact]
    public async Task A_row_has_251_properties_and_none_that_is_null_counts()
    {
        (string, object?)[] most =
        [
            .. Enumerable.Range(0, 251).Select(number => ($"P{number}", (object?)1L)),
            .. Enumerable.Range(0, 20).Select(number => ($"N{number}", (object?)null))
        ];

        Assert.NotNull(await Table.InsertAsync(RowOf("a", most), Token));
        await RefusesAsync([.. most, ("One", 1L)]);
    }

    private async Task RefusesAsync(params (string Name, object? Value)[] properties)
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.InsertAsync(RowOf("refused", properties), Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Table.ReplaceAsync(RowOf("refused", properties) with { ETag = "1" }, Token));
        Assert.Null(await ReadAsync("refused"));
    }
}
