namespace FlashFunctions.Core.Accounts;

/// <summary>What may be spent in a day (UTC).</summary>
/// <param name="Amount">0 or more, with at most 6 decimals.</param>
/// <param name="Currency">Three capital letters, ISO 4217. Prices in other currencies do not count as prices under this cap.</param>
public sealed record SpendCap(decimal Amount, string Currency);
