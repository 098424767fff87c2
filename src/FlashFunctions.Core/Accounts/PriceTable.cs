using FlashFunctions.Core.Limits;

namespace FlashFunctions.Core.Accounts;

/// <summary>What the providers charge, section <c>Prices</c>, a list. Only accounts with a daily cap need it.</summary>
public sealed class PriceOptions
{
    public const string Section = "Prices";

    /// <summary>The prices. None by default.</summary>
    public IList<PriceEntry> Items { get; } = [];
}

/// <summary>A price. The longest prefix wins; among equal ones, the one that names a provider, then the one that names a product.</summary>
public sealed class PriceEntry
{
    /// <summary>The provider's lower-case name; absent: any.</summary>
    public string? Provider { get; set; }

    /// <summary>
    /// A channel (call, sms, voice, push, viber, rcs, speech) or a product, which is narrower (verify.sms, calls.flash, insight.hlr …);
    /// absent: all.
    /// </summary>
    public string? Product { get; set; }

    /// <summary>The first digits of the number, country code first, at most 15, with or without a plus; absent: any number.</summary>
    public string? Prefix { get; set; }

    /// <summary>
    /// Price of one call, one part of an SMS, one begun 30 seconds of speech (<see cref="SpendOptions"/>), one message or one look-up: 0 to
    /// 1,000 with at most 6 decimals. A flow that is handed to a provider has no price of its own: it costs what its messages cost.
    /// </summary>
    public decimal Price { get; set; }

    /// <summary>Three capital letters, ISO 4217. It must be the currency of the caps that it counts under.</summary>
    public string Currency { get; set; } = "";
}

/// <summary>Refuses, at start-up, prices that mean nothing or that contradict each other. A message names the entry.</summary>
internal sealed class PriceOptionsCheck(IEnumerable<KnownProvider> providers) : OptionsCheck<PriceOptions>
{
    private static readonly string[] KnownProducts =
        [.. ApiNames.Methods.Union(Products.All, StringComparer.Ordinal)];

    protected override IEnumerable<string> MistakesIn(PriceOptions options) => options.Items
        .SelectMany((entry, index) => Faults(entry).Select(fault => $"{PriceOptions.Section}:{index}:{fault}"))
        .Concat(options.Items.GroupBy(PriceTable.KeyOf, StringComparer.Ordinal).Where(same => same.Count() > 1)
            .Select(same => $"{PriceOptions.Section}: more than one price for the same thing ({same.Key})."));

    private IEnumerable<string> Faults(PriceEntry entry)
    {
        if (entry.Provider is { } provider && !providers.Any(known => known.Name == provider))
        {
            yield return "Provider: is not a provider.";
        }

        if (entry.Product is { } product && !KnownProducts.Contains(product, StringComparer.Ordinal))
        {
            yield return $"Product: must be one of {string.Join(", ", KnownProducts)}.";
        }

        if (entry.Prefix?.TrimStart('+') is { } prefix && (prefix.Length > 15 || !prefix.All(char.IsAsciiDigit)))
        {
            yield return "Prefix: must be at most 15 digits.";
        }

        if (!Money.IsPrice(entry.Price))
        {
            yield return "Price: must be 0 to 1,000 with at most 6 decimals.";
        }

        if (!Money.IsCurrency(entry.Currency))
        {
            yield return "Currency: must be three capital letters.";
        }
    }
}

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

    public bool Has(string currency) => _currencies.Contains(currency);

    /// <summary>The price in millionths, or null where there is none in that currency.</summary>
    /// <param name="channel">The channel's word; the product again where there is no channel.</param>
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
