using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Accounts;

/// <summary>Looks prices up.</summary>
public sealed class PriceTable
{
    private const string Any = "*";
    private readonly Dictionary<string, long> _units;
    private readonly int[] _prefixLengths;
    private readonly HashSet<string> _currencies;

    public PriceTable(IOptions<PriceOptions> options)
    {
        var items = options.Value.Items;
        _units = items.ToDictionary(KeyOf, item => Money.ToUnits(item.Price), StringComparer.Ordinal);
        _prefixLengths = [.. items.Select(item => PrefixOf(item).Length).Distinct().OrderDescending()];
        Currency = items.FirstOrDefault()?.Currency;
        _currencies = items.Select(item => item.Currency).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The currency of what is not counted under a cap: that of the first price; null where there are no prices.</summary>
    public string? Currency { get; }

    /// <summary>Whether anything has a price in a currency.</summary>
    public bool Has(string currency) => _currencies.Contains(currency);

    /// <summary>The price in millionths, or null where there is none in that currency.</summary>
    /// <param name="provider">The provider's name.</param>
    /// <param name="product">The request's product.</param>
    /// <param name="channel">The channel's word; the product again where there is no channel.</param>
    /// <param name="number">The phone.</param>
    /// <param name="currency">The currency of the cap that it counts under.</param>
    public long? UnitsOf(string provider, string product, string channel, PhoneNumber number, string currency)
    {
        foreach (var length in _prefixLengths.Where(length => length <= number.Digits.Length))
        {
            var prefix = number.Digits[..length];
            foreach (var by in (string[])[provider, Any])
            {
                foreach (var what in (string[])[product, channel, Any])
                {
                    if (_units.TryGetValue(Key(prefix, by, what, currency), out var units))
                    {
                        return units;
                    }
                }
            }
        }

        return null;
    }

    internal static string KeyOf(PriceEntry entry) => Key(PrefixOf(entry), entry.Provider ?? Any, entry.Product ?? Any, entry.Currency);

    private static string PrefixOf(PriceEntry entry) => entry.Prefix?.TrimStart('+') ?? "";

    private static string Key(string prefix, string provider, string product, string currency) =>
        $"+{prefix} {provider} {product} {currency}";
}
