using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Tests.Requests;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Limits;

/// <summary>What a request is counted and judged by.</summary>
public sealed class FraudSubjectTests
{
    internal static readonly ServiceKey Key = new(
        Options.Create(new SecurityOptions { ServiceKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()) }));

    [Fact]
    public void A_verification_is_looked_at_in_at_most_eight_scopes_by_these_rules()
    {
        var subject = Subject("+37253001234", "192.0.2.7", "device");
        var (address, network) = (subject.Addresses[0], subject.Addresses[1]);

        Assert.Equal(["+3725300", "+372530", "+37253"], subject.Prefixes.Select(prefix => prefix.Value));
        Assert.Equal(("EE", "shop", "device"), (subject.Country.Value, subject.OfAccount.Value, subject.Device!.Value.Value));
        Assert.Equal(8, subject.Scopes.Count());
        Assert.Equal(
            [.. subject.Prefixes, subject.Country, subject.OfAccount, address, network, subject.Device.Value], subject.Scopes);
        Assert.Equal(
            [
                (FraudRule.PrefixConversion, subject.Prefixes[0]),
                (FraudRule.PrefixConversion, subject.Prefixes[1]),
                (FraudRule.PrefixConversion, subject.Prefixes[2]),
                (FraudRule.CountryUnverified, subject.Country),
                (FraudRule.IpUnverified, address),
                (FraudRule.IpUnverified, network),
                (FraudRule.IpCountries, address),
                (FraudRule.IpCountries, network),
                (FraudRule.Sequential, subject.Prefixes[0]),
                (FraudRule.Device, subject.Device.Value),
                (FraudRule.WrongCodes, address),
                (FraudRule.WrongCodes, subject.OfAccount),
                (FraudRule.WrongCodes, subject.Prefixes[0]),
                (FraudRule.WrongCodes, subject.Prefixes[1]),
                (FraudRule.WrongCodes, subject.Prefixes[2]),
            ],
            FraudRules.Places(subject));
    }

    [Fact]
    public void A_call_without_an_address_and_a_device_is_looked_at_by_number_and_country_and_not_for_wrong_codes()
    {
        var subject = new FraudSubject(Key, Request("+37253001234", null, null) with { Verification = null, Product = Products.FlashCall });

        Assert.Equal((false, null), (subject.IsVerification, subject.Device));
        Assert.Equal([.. subject.Prefixes, subject.Country, subject.OfAccount], subject.Scopes);
        Assert.Equal(
            [
                FraudRule.PrefixConversion, FraudRule.PrefixConversion, FraudRule.PrefixConversion, FraudRule.CountryUnverified,
                FraudRule.Sequential,
            ],
            FraudRules.Places(subject).Select(place => place.Rule));
    }

    [Theory]
    [InlineData("+2901234", new string[0])]
    [InlineData("+29012345", new[] { "+2901" })]
    [InlineData("+290123456", new[] { "+29012", "+2901" })]
    [InlineData("+2901234567", new[] { "+290123", "+29012", "+2901" })]
    public void A_prefix_has_four_digits_at_least(string number, string[] prefixes) =>
        Assert.Equal(prefixes, Subject(number).Prefixes.Select(prefix => prefix.Value));

    [Theory]
    [InlineData("192.0.2.7", new[] { "192.0.2.7/32", "192.0.2.0/24" })]
    [InlineData("::ffff:192.0.2.7", new[] { "192.0.2.7/32", "192.0.2.0/24" })]
    [InlineData("2001:db8:1:2:3:4:5:6", new[] { "2001:db8:1:2::/64" })]
    [InlineData("fe80::1:2:3:4%7", new[] { "fe80::/64" })]
    [InlineData("carrier", new string[0])]
    [InlineData("", new string[0])]
    [InlineData(null, new string[0])]
    public void An_address_is_counted_by_itself_and_its_network(string? ip, string[] networks) =>
        Assert.Equal(networks, FraudSubject.Networks(ip).Select(network => network.ToString()));

    [Fact]
    public void Addresses_of_one_network_share_it_and_none_is_kept_in_clear()
    {
        var (one, other) = (Subject("+37253001234", "192.0.2.7"), Subject("+37253001234", "192.0.2.8"));

        Assert.NotEqual(one.Addresses[0], other.Addresses[0]);
        Assert.Equal(one.Addresses[1], other.Addresses[1]);
        Assert.DoesNotContain("192.0", one.Addresses[0].Value + one.Addresses[1].Value, StringComparison.Ordinal);
        Assert.Equal(Key.Hash("fraud ip", "192.0.2.7/32"), one.Addresses[0].Value);
        Assert.Equal(Key.Hash("fraud ip", "192.0.2.0/24"), one.Addresses[1].Value);
        Assert.Equal(Key.Hash("fraud block number", "+37253001234"), one.Number);
    }

    [Fact]
    public void The_mark_of_a_number_is_that_of_its_neighbour_one_further_on_and_there_is_none_with_more_or_fewer_digits()
    {
        var subject = Subject("+37253001234");

        Assert.Equal(Key.Hash("fraud number", "shop", "37253001234")[..10], subject.Mark());
        Assert.Equal(subject.Mark(), Subject("+37253001233").Mark(1));
        Assert.Equal(subject.Mark(), Subject("+37253001237").Mark(-3));
        Assert.NotEqual(subject.Mark(), subject.Mark(1));
        Assert.NotEqual(subject.Mark(), new FraudSubject(Key, Request("+37253001234") with { Account = "other" }).Mark());
        Assert.Null(Subject("+99999999").Mark(1));
        Assert.Null(Subject("+10000000").Mark(-1));
    }

    [Fact]
    public void A_number_begins_with_a_prefix_with_or_without_a_plus()
    {
        var subject = Subject("+37253001234");

        Assert.Equal((true, true), (subject.StartsWith("+37253"), subject.StartsWith("37253001234")));
        Assert.Equal((false, false), (subject.StartsWith("+37254"), subject.StartsWith("+372530012345")));
    }

    [Theory]
    [InlineData(FraudScope.Ip, "abcdefgh…")]
    [InlineData(FraudScope.Device, "abcdefgh…")]
    [InlineData(FraudScope.Number, "abcdefgh…")]
    [InlineData(FraudScope.Prefix, "abcdefghij")]
    [InlineData(FraudScope.Country, "abcdefghij")]
    [InlineData(FraudScope.Account, "abcdefghij")]
    public void Of_a_hash_people_see_eight_characters(FraudScope scope, string shown) =>
        Assert.Equal(shown, new FraudScopeKey(scope, "shop", "abcdefghij").Text);

    internal static FraudSubject Subject(string number, string? ip = null, string? device = null) => new(Key, Request(number, ip, device));

    internal static RequestRecord Request(string number, string? ip = null, string? device = null) => Sample.Verification() with
    {
        Number = PhoneNumber.Parse(number, null),
        Country = "EE",
        Content = new MessageContent
        {
            Options = ip is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["ip"] = ip },
            Device = device,
        },
    };
}
