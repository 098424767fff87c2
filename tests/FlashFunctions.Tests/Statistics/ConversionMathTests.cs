using FlashFunctions.Core.Statistics;

namespace FlashFunctions.Tests.Statistics;

public sealed class ConversionMathTests
{
    // The roots of (p − k/n)² = z² · p · (1 − p) / n, worked out with 30 digits.
    [Theory]
    [InlineData(0, 1, 0, 0.793451)]
    [InlineData(1, 1, 0.206549, 1)]
    [InlineData(5, 10, 0.236593, 0.763407)]
    [InlineData(99, 140, 0.627037, 0.776185)]
    [InlineData(0, 0, 0, 1)]
    public void The_interval_is_Wilsons_at_95_percent(long verified, long placed, double low, double high)
    {
        var (lowest, highest) = ConversionMath.Wilson(verified, placed);

        Assert.Equal(low, lowest, 1e-5);
        Assert.Equal(high, highest, 1e-5);
    }

    // The lady tasting tea, and sums over all tables with the same margins.
    [Theory]
    [InlineData(1, 4, 3, 4, 17.0 / 70)]
    [InlineData(0, 4, 4, 4, 1.0 / 70)]
    [InlineData(4, 4, 0, 4, 1.0)]
    [InlineData(0, 3, 5, 7, 1.0 * 10 / 120)]
    public void The_test_is_Fishers_lower_tail(long verified, long placed, long earlierVerified, long earlierPlaced, double chance) =>
        Assert.Equal(chance, ConversionMath.ChanceOfSoFew(verified, placed, earlierVerified, earlierPlaced), 1e-9);

    [Fact]
    public void The_test_is_exact_for_large_counts()
    {
        var chance = ConversionMath.ChanceOfSoFew(40, 60, 70_000, 100_000);

        // With so many earlier trials it is a binomial test of 40 of 60 at 0.7.
        var binomial = 0.0;
        for (var count = 0; count <= 40; count++)
        {
            binomial += Math.Exp(Enumerable.Range(1, count).Sum(i => Math.Log((60.0 - count + i) / i))
                + (count * Math.Log(0.7)) + ((60 - count) * Math.Log(0.3)));
        }

        Assert.Equal(binomial, chance, 0.001);
        Assert.InRange(ConversionMath.ChanceOfSoFew(0, 5_000, 700_000, 1_000_000), 0, 1e-300);
    }

    [Theory]
    [InlineData(7, 10, 70, 100)]
    [InlineData(0, 0, 70, 100)]
    [InlineData(10, 10, 70, 100)]
    public void What_is_as_usual_is_likely(long verified, long placed, long earlierVerified, long earlierPlaced) =>
        Assert.InRange(ConversionMath.ChanceOfSoFew(verified, placed, earlierVerified, earlierPlaced), 0.5, 1);
}
