using System.Security.Cryptography;

namespace FlashFunctions.Simulator;

/// <summary>Syntax of E.164 numbers and codes, and the caller numbers that the providers generate.</summary>
internal static class SimulatedNumbers
{
    private const string CallerPrefix = "3728";
    private const int CallerLength = 11;
    private const string PoolPrefix = "31970102";

    /// <summary>The digits of an E.164 number that is given with or without a plus, or null where it is not one.</summary>
    public static string? DigitsOf(string? number)
    {
        var digits = number is ['+', ..] ? number[1..] : number;
        return IsE164(digits) ? digits : null;
    }

    /// <summary>True for 7 to 15 ASCII digits that do not begin with 0; a plus is not allowed.</summary>
    public static bool IsE164(string? digits) => digits is not ['0', ..] && IsCode(digits, 7, 15);

    /// <summary>True for a code of <paramref name="shortest"/> to <paramref name="longest"/> ASCII digits.</summary>
    public static bool IsCode(string? code, int shortest, int longest) =>
        code is not null && code.Length >= shortest && code.Length <= longest && !code.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>A caller number of eleven digits that ends in the code.</summary>
    public static string CallerEndingIn(string code) =>
        CallerPrefix + RandomDigits(CallerLength - CallerPrefix.Length - code.Length) + code;

    /// <summary>A caller number with a random tail.</summary>
    public static string AnyCaller() => CallerEndingIn(RandomDigits(4));

    /// <summary>One of ten thousand caller numbers, one for each tail of four digits.</summary>
    public static string CallerFromPool() => PoolPrefix + RandomDigits(4);

    public static string RandomDigits(int count) => RandomNumberGenerator.GetString("0123456789", count);

    /// <summary>Spells a code digit by digit, as a spoken call says it.</summary>
    public static string Spell(string? code) => string.Join(' ', (code ?? "").AsEnumerable());
}
