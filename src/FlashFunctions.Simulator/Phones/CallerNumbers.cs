using System.Globalization;
using System.Security.Cryptography;

namespace FlashFunctions.Simulator;

/// <summary>Caller numbers as the providers would generate them.</summary>
internal static class CallerNumbers
{
    private const string Prefix = "3728";
    private const int Length = 11;
    private const string PoolPrefix = "31970102";

    /// <summary>A number of eleven digits that ends in the code.</summary>
    public static string EndingIn(string code)
    {
        var between = Length - Prefix.Length - code.Length;
        return Prefix + Digits(between) + code;
    }

    /// <summary>A number that may ring for a call with no code of ours.</summary>
    public static string Any() => EndingIn(Digits(4));

    /// <summary>One of ten thousand numbers with all tails of four digits.</summary>
    public static string FromPool() => PoolPrefix + Digits(4);

    /// <summary>So many random digits.</summary>
    public static string Digits(int count)
    {
        var limit = 1;
        for (var i = 0; i < count; i++)
            limit *= 10;
        return RandomNumberGenerator.GetInt32(limit).ToString("D" + count.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
