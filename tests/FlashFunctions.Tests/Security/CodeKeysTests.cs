using System.Security.Cryptography;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Security;

public sealed class CodeKeysTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly CodeKeys _keys = new(Options.Create(NewOptions()));

    [Fact]
    public void A_code_is_the_same_for_every_step_and_check_of_a_request()
    {
        var id = RequestId.New(Due);

        Assert.Equal(_keys.Derive("k2", id, 4, false), _keys.Derive("k2", id, 4, false));
        Assert.NotEqual(_keys.Derive("k2", id, 6, false), _keys.Derive("k1", id, 6, false));
    }

    [Theory]
    [InlineData(4, false, 0, 9_999)]
    [InlineData(5, false, 0, 99_999)]
    [InlineData(6, false, 0, 999_999)]
    [InlineData(4, true, 1_000, 9_999)]
    public void Codes_are_spread_evenly_over_their_whole_range(int length, bool noLeadingZero, int least, int most)
    {
        const int Buckets = 20;
        const int Codes = 20_000;
        var counts = new int[Buckets];
        for (var i = 0; i < Codes; i++)
        {
            var code = _keys.Derive("k2", RequestId.New(Due), length, noLeadingZero);
            Assert.Equal(length, code.Length);
            var value = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(value, least, most);
            counts[(int)((long)(value - least) * Buckets / (most - least + 1))]++;
        }

        var expected = (double)Codes / Buckets;
        var chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);

        // 19 degrees of freedom: beyond 60 once in about 4 million runs.
        Assert.InRange(chiSquare, 0, 60);
    }

    [Fact]
    public void A_given_code_comes_back_only_for_its_own_request_and_key()
    {
        var id = RequestId.New(Due);
        var encrypted = _keys.Encrypt("k2", id, "0412");

        Assert.Equal("0412", _keys.Decrypt("k2", id, encrypted));
        Assert.NotEqual(encrypted, _keys.Encrypt("k2", id, "0412"));
        Assert.ThrowsAny<CryptographicException>(() => _keys.Decrypt("k2", RequestId.New(Due), encrypted));
        Assert.ThrowsAny<CryptographicException>(() => _keys.Decrypt("k1", id, encrypted));
    }

    [Fact]
    public void A_hash_is_bound_to_its_request_its_key_and_what_it_is_of()
    {
        var id = RequestId.New(Due);
        string[] hashes =
        [
            _keys.Hash("k2", id, "tail", "1234"), _keys.Hash("k2", id, "caller", "1234"), _keys.Hash("k1", id, "tail", "1234"),
            _keys.Hash("k2", RequestId.New(Due), "tail", "1234"), _keys.Hash("k2", id, "tail", "1235"),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(hashes[0], _keys.Hash("k2", id, "tail", "1234"));
    }

    private static SecurityOptions NewOptions()
    {
        var options = new SecurityOptions { ServiceKey = Key(1), ActiveCodeKey = "k2" };
        options.CodeKeys["k1"] = Key(2);
        options.CodeKeys["k2"] = Key(3);
        return options;
    }

    private static string Key(byte fill) => Convert.ToBase64String(Enumerable.Repeat(fill, 32).ToArray());
}
