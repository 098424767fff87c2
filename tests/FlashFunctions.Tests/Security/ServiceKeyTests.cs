using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Security;

/// <summary>Keyed hashes: what webhook addresses, fraud counts and index rows are known by.</summary>
public sealed class ServiceKeyTests
{
    [Fact]
    public void A_hash_is_the_HMAC_of_its_purpose_and_its_delimited_parts() => Assert.Equal(
        Convert.ToBase64String(HMACSHA256.HashData(Bytes(1), Encoding.UTF8.GetBytes("callback\n7:revicom\n2:id")))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        Key(1).Hash("callback", "revicom", "id"));

    [Fact]
    public void No_two_lists_of_parts_have_the_same_hash()
    {
        string[] hashes =
        [
            Key(1).Hash("p"), Key(1).Hash("p", ""), Key(1).Hash("p", "", ""), Key(1).Hash("p", "ab"), Key(1).Hash("p", "a", "b"),
            Key(1).Hash("p", "a\n1:b"), Key(1).Hash("q", "ab"), Key(2).Hash("p", "ab"),
        ];

        Assert.Equal(hashes.Length, hashes.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_hash_matches_its_own_purpose_and_parts_alone()
    {
        var key = Key(1);
        var hash = key.Hash("callback", "revicom", "id", "0");

        Assert.True(key.Matches(hash, "callback", "revicom", "id", "0"));
        Assert.False(key.Matches(hash, "callback", "lanck", "id", "0"));
        Assert.False(key.Matches(hash, "callback", "revicom", "id", "1"));
        Assert.False(key.Matches(hash, "callback", "revicom", "id"));
        Assert.False(key.Matches(hash, "other", "revicom", "id", "0"));
        Assert.False(key.Matches(hash[..^1], "callback", "revicom", "id", "0"));
        Assert.False(key.Matches("", "callback", "revicom", "id", "0"));
        Assert.False(Key(2).Matches(hash, "callback", "revicom", "id", "0"));
    }

    [Fact]
    public void A_key_that_replaces_others_hashes_by_itself_and_accepts_what_those_hashed()
    {
        var key = Key(1, 2, 3);

        Assert.Equal(Key(1).Hash("p", "a"), key.Hash("p", "a"));
        Assert.Equal([Key(2).Hash("p", "a"), Key(3).Hash("p", "a")], key.Hashes("p", "a")[1..]);
        Assert.All([1, 2, 3], old => Assert.True(key.Matches(Key((byte)old).Hash("p", "a"), "p", "a")));
        Assert.False(key.Matches(Key(4).Hash("p", "a"), "p", "a"));
        Assert.True(key.IsReplacing);
        Assert.True(Key(1, 1).Matches(Key(1).Hash("p", "a"), "p", "a"));
        Assert.Empty(Key(1).Hashes("p", "a")[1..]);
        Assert.False(Key(1).IsReplacing);
    }

    [Fact]
    public void An_empty_previous_key_is_none()
    {
        var options = new SecurityOptions { ServiceKey = Text(1) };
        options.PreviousServiceKeys.Add("");
        options.PreviousServiceKeys.Add(Text(2));

        Assert.Equal([Key(2).Hash("p", "a")], new ServiceKey(Options.Create(options)).Hashes("p", "a")[1..]);
    }

    [Theory]
    [InlineData("secret", "secret", true)]
    [InlineData("secret", "secreT", false)]
    [InlineData("secret", "secret ", false)]
    [InlineData("secret", "", false)]
    [InlineData("secret", null, false)]
    [InlineData("", "", false)]
    [InlineData("", null, false)]
    public void An_empty_secret_equals_nothing(string secret, string? given, bool same) =>
        Assert.Equal(same, ConstantTime.Equals(secret, given));

    private static ServiceKey Key(byte first, params byte[] previous)
    {
        var options = new SecurityOptions { ServiceKey = Text(first) };
        foreach (var key in previous)
        {
            options.PreviousServiceKeys.Add(Text(key));
        }

        return new ServiceKey(Options.Create(options));
    }

    private static byte[] Bytes(byte fill) => [.. Enumerable.Repeat(fill, 32)];

    private static string Text(byte fill) => Convert.ToBase64String(Bytes(fill));
}
