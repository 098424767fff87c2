using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Accounts;

public sealed class PriceTableTests
{
    private static readonly PhoneNumber Estonian = PhoneNumber.Parse("+37253000001", null);

    [Theory]
    [InlineData("unibell", "verify.call", "call", 3)]
    [InlineData("bird", "verify.call", "call", 2)]
    [InlineData("bird", "calls.flash", "call", 5)]
    [InlineData("bird", "verify.sms", "sms", 7)]
    [InlineData("unibell", "calls.flash", "call", 3)]
    public void The_longest_prefix_wins_then_the_provider_then_the_product(string provider, string product, string channel, int units)
    {
        var table = Table(
            new() { Price = 0.000007m },
            new() { Prefix = "3", Provider = "bird", Product = "verify.call", Price = 0.000009m },
            new() { Prefix = "+372", Product = "call", Price = 0.000002m },
            new() { Prefix = "372", Product = "calls.flash", Price = 0.000005m },
            new() { Prefix = "372", Provider = "unibell", Price = 0.000003m });

        Assert.Equal(units, table.UnitsOf(provider, product, channel, Estonian, "EUR"));
    }

    [Fact]
    public void A_price_in_another_currency_is_no_price()
    {
        var table = Table(new PriceEntry { Price = 1 });

        Assert.Null(table.UnitsOf("bird", "sms", "sms", Estonian, "USD"));
        Assert.True(table.Has("EUR"));
        Assert.False(table.Has("USD"));
    }

    [Fact]
    public void A_prefix_longer_than_the_number_fits_no_number()
    {
        var table = Table(new PriceEntry { Prefix = "372530000010000", Price = 1 });

        Assert.Null(table.UnitsOf("bird", "sms", "sms", Estonian, "EUR"));
    }

    [Theory]
    [InlineData("nobody", null, "", "0.01", "EUR", "0:Provider")]
    [InlineData(null, "fax", "", "0.01", "EUR", "0:Product")]
    [InlineData(null, null, "37x", "0.01", "EUR", "0:Prefix")]
    [InlineData(null, null, "1234567890123456", "0.01", "EUR", "0:Prefix")]
    [InlineData(null, null, "", "-0.01", "EUR", "0:Price")]
    [InlineData(null, null, "", "0.0000001", "EUR", "0:Price")]
    [InlineData(null, null, "", "1001", "EUR", "0:Price")]
    [InlineData(null, null, "", "0.01", "eur", "0:Currency")]
    [InlineData(null, null, "", "0.01", "", "0:Currency")]
    public void A_price_that_means_nothing_stops_the_start_and_is_named(
        string? provider, string? product, string prefix, string price, string currency, string named)
    {
        var result = Check(new PriceEntry
        {
            Provider = provider,
            Product = product,
            Prefix = prefix,
            Price = decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture),
            Currency = currency,
        });

        Assert.Contains(result.Failures!, failure => failure.StartsWith($"Prices:{named}", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_prices_for_the_same_thing_stop_the_start()
    {
        Assert.True(
            Check(new PriceEntry { Prefix = "+372", Currency = "EUR" }, new PriceEntry { Prefix = "372", Currency = "EUR" }).Failed);
        Assert.False(
            Check(new PriceEntry { Prefix = "372", Currency = "EUR" }, new PriceEntry { Prefix = "372", Currency = "USD" }).Failed);
    }

    private static PriceTable Table(params PriceEntry[] entries)
    {
        var options = new PriceOptions();
        foreach (var entry in entries)
        {
            entry.Currency = "EUR";
            options.Items.Add(entry);
        }

        return new PriceTable(Options.Create(options));
    }

    private static ValidateOptionsResult Check(params PriceEntry[] entries)
    {
        var options = new PriceOptions();
        foreach (var entry in entries)
        {
            options.Items.Add(entry);
        }

        return new PriceOptionsCheck([new KnownProvider("bird"), new KnownProvider("unibell")]).Validate(null, options);
    }
}
