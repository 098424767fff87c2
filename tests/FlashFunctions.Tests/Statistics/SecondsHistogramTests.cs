using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Tests.Statistics;

public sealed class SecondsHistogramTests
{
    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(1.0, 1.0)]
    [InlineData(2.0, 2.0)]
    [InlineData(10.0, 11.4)]
    [InlineData(70.0, 76.2)]
    [InlineData(600.0, 608.9)]
    [InlineData(90_000.0, 608.9)]
    public void A_quantile_is_the_upper_end_of_its_bucket_at_most_a_fifth_above_the_duration(double seconds, double upperEnd)
    {
        var histogram = Of(seconds);

        Assert.Equal(upperEnd, histogram.Quantile(0.95)!.Value.TotalSeconds, 0.1);
        Assert.True(seconds is < 1 or > 600 || (upperEnd >= seconds && upperEnd < seconds * 1.2));
    }

    [Fact]
    public void The_95th_percentile_of_a_hundred_is_the_95th()
    {
        var histogram = Of([.. Enumerable.Repeat(4.0, 94), 30, .. Enumerable.Repeat(200.0, 5)]);

        Assert.Equal(4, histogram.Quantile(0.94)!.Value.TotalSeconds, 0.01);
        Assert.Equal(32, histogram.Quantile(0.95)!.Value.TotalSeconds, 0.01);
        Assert.Equal(215.3, histogram.Quantile(0.96)!.Value.TotalSeconds, 0.1);
    }

    [Fact]
    public void Histograms_that_are_merged_equal_one_of_all_durations()
    {
        var merged = Of(3, 5, 90);
        merged.Add(Of(1, 600));
        merged.Add(new SecondsHistogram());

        Assert.Equal(Of(1, 3, 5, 90, 600).Buckets, merged.Buckets);
        Assert.Equal(5, merged.Count);
    }

    [Fact]
    public void An_empty_histogram_has_no_quantile() => Assert.Null(new SecondsHistogram().Quantile(0.95));

    private static SecondsHistogram Of(params double[] seconds)
    {
        var histogram = new SecondsHistogram();
        foreach (var duration in seconds)
        {
            histogram.Add(TimeSpan.FromSeconds(duration));
        }

        return histogram;
    }
}
