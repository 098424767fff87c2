namespace FlashFunctions.Core.Statistics;

public static class ConversionMath
{
    /// <summary>The two-sided 95 % quantile of the normal distribution.</summary>
    private const double Z = 1.959963984540054;

    /// <summary>Stirling's series is exact to twelve digits from here on.</summary>
    private const double LeastForStirling = 10;

    /// <summary>
    /// The Wilson score interval at 95 %: where the true share of successes lies, given how many of the trials were some. 0 to 1 without
    /// trials.
    /// </summary>
    public static (double Low, double High) Wilson(long successes, long trials)
    {
        if (trials == 0)
        {
            return (0, 1);
        }

        var share = (double)successes / trials;
        var center = share + (Z * Z / (2 * trials));
        var half = Z * Math.Sqrt((share * (1 - share) / trials) + (Z * Z / (4.0 * trials * trials)));
        var scale = 1 + (Z * Z / trials);
        return (Math.Max(0, (center - half) / scale), Math.Min(1, (center + half) / scale));
    }

    /// <summary>
    /// Fisher's exact test, one-sided: how likely so few successes among the recent trials, or fewer, would be if they and the earlier
    /// trials had the same chance of success. The hypergeometric distribution's lower tail.
    /// </summary>
    public static double ChanceOfSoFew(long successes, long trials, long earlierSuccesses, long earlierTrials)
    {
        var (all, good) = (trials + earlierTrials, successes + earlierSuccesses);
        var total = LogChoose(all, trials);
        var chance = 0.0;
        for (var count = successes; count >= Math.Max(0, trials - (all - good)); count--)
        {
            var term = Math.Exp(LogChoose(good, count) + LogChoose(all - good, trials - count) - total);
            chance += term;

            // From here on each term is smaller than the one before.
            if (term < chance * 1e-12)
            {
                break;
            }
        }

        return Math.Min(1, chance);
    }

    private static double LogChoose(long of, long choose) => LogFactorial(of) - LogFactorial(choose) - LogFactorial(of - choose);

    private static double LogFactorial(long number)
    {
        // Γ(x + 1) = x!, and Γ(x) = Γ(x + 1) ÷ x for small ones.
        var (x, below) = (number + 1.0, 0.0);
        for (; x < LeastForStirling; x++)
        {
            below += Math.Log(x);
        }

        var inverse = 1 / (x * x);
        var series = (1.0 / 12) - (inverse * ((1.0 / 360) - (inverse * ((1.0 / 1260) - (inverse / 1680)))));
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + (series / x) - below;
    }
}
