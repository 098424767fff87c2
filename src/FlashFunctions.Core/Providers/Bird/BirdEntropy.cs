using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>How hard Bird's codes are to guess: as the numbers that it calls from have distinct tails.</summary>
internal sealed class BirdEntropy(IOptions<BirdOptions> options)
{
    public const int ShortestCode = 4;
    public const int LongestCode = 6;

    private readonly Lazy<int[]> _tails = new(() =>
        [.. Enumerable.Range(ShortestCode, LongestCode - ShortestCode + 1).Select(length => CountTails(options.Value, length))]);

    /// <summary>How many tails of that length there are.</summary>
    public int Tails(int codeLength) => _tails.Value[codeLength - ShortestCode];

    /// <summary>How many digits of entropy a code of that length has: the logarithm of the tails, rounded down.</summary>
    public int Digits(int codeLength)
    {
        var digits = 0;
        for (var tails = Tails(codeLength) / 10; tails > 0; tails /= 10)
        {
            digits++;
        }

        return digits;
    }

    private static int CountTails(BirdOptions options, int length) =>
        options.Pool is { Count: > 0 } pool ? CallerNumberPool.DistinctTails(pool, length) : options.AssumedTails;
}
