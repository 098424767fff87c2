using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Tests.Primitives;

public sealed class RequestIdTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 23, 12, 34, 56, 789, TimeSpan.Zero);

    [Fact]
    public void An_id_tells_when_it_is_due_and_reads_back_as_it_was()
    {
        var id = RequestId.New(Due);

        Assert.Equal(26, id.Text.Length);
        Assert.Equal(Due, id.DueAt);
        Assert.Equal(id, RequestId.Parse(id.Text, null));
        Assert.Equal(TableKeys.Request(id), TableKeys.Request(RequestId.Parse(id.Text, null)));
    }

    [Fact]
    public void Ids_of_one_minute_are_spread_over_all_shards()
    {
        var partitions = Enumerable.Range(0, 2_000)
            .Select(_ => TableKeys.Request(RequestId.New(Due)).Partition)
            .ToHashSet(StringComparer.Ordinal);

        Assert.Equal(64, partitions.Count);
        Assert.All(partitions, partition => Assert.Equal(TableKeys.Minute(Due), TableKeys.RequestMinute(partition)));
        Assert.All(partitions, partition => Assert.EndsWith($"-{TableKeys.Minute(Due):D9}", partition, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("01M84X45M8E55B2P6CV5BHHJR")]
    [InlineData("01M84X45M8E55B2P6CV5BHHJRAA")]
    [InlineData("01m84x45m8e55b2p6cv5bhhjra")]
    [InlineData("01M84X45M8E55B2P6CV5BHHJRI")]
    [InlineData("81M84X45M8E55B2P6CV5BHHJRA")]
    [InlineData("7ZZZZZZZZZZZZZZZZZZZZZZZZZ")]
    [InlineData("01M84X45M8E55B2P6CV5BHHJ/A")]
    [InlineData("０1M84X45M8E55B2P6CV5BHHJRA")]
    public void What_is_no_id_is_refused(string? text) => Assert.False(RequestId.TryParse(text, null, out _));
}
