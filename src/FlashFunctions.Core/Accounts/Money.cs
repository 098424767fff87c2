namespace FlashFunctions.Core.Accounts;

/// <summary>Amounts are counted as whole millionths of a currency's unit.</summary>
public static class Money
{
    private const decimal UnitsPerOne = 1_000_000;
    private const decimal HighestPrice = 1_000;
    private const decimal HighestCap = 1_000_000_000;

    /// <summary>An amount in millionths.</summary>
    public static long ToUnits(decimal amount) => (long)(amount * UnitsPerOne);

    /// <summary>Millionths as an amount, without zeros at its end.</summary>
    public static decimal FromUnits(long units) => units / UnitsPerOne;

    /// <summary>Whether it may be a cap: 0 to 1,000,000,000 with at most 6 decimals.</summary>
    public static bool IsCap(decimal amount) => amount is >= 0 and <= HighestCap && IsWhole(amount);

    public static bool IsCurrency(string text) => text.Length == 3 && text.All(char.IsAsciiLetterUpper);

    internal static bool IsPrice(decimal amount) => amount is >= 0 and <= HighestPrice && IsWhole(amount);

    private static bool IsWhole(decimal amount) => decimal.IsInteger(amount * UnitsPerOne);
}

/// <summary>What may be spent in a day (UTC).</summary>
/// <param name="Amount">0 or more, with at most 6 decimals.</param>
/// <param name="Currency">Three capital letters, ISO 4217. Prices in other currencies do not count as prices under this cap.</param>
public sealed record SpendCap(decimal Amount, string Currency);
