using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Providers;

/// <summary>The address of one attempt, which Revicom and Lanck call back, and what is proven by the token in it.</summary>
public sealed class CallbackAddressesTests
{
    private const string Id = "0123456789ABCDEFGHJKMNPQRS";
    private readonly CallbackAddresses _addresses = Addresses("https://verify.example");

    [Theory]
    [InlineData("https://verify.example")]
    [InlineData("https://verify.example/")]
    public void An_address_names_provider_request_and_attempt_and_ends_in_a_token(string publicAddress)
    {
        var address = Addresses(publicAddress).For("lanck", new AttemptKey(Id, 12));

        Assert.Matches($"^https://verify\\.example/webhooks/lanck/{Id}/12/[A-Za-z0-9_-]{{43}}$", address);
    }

    [Fact]
    public void An_address_is_read_back_by_its_provider() =>
        Assert.Equal(new AttemptKey(Id, 12), _addresses.Read("lanck", Path("lanck", 12)));

    [Fact]
    public void Nothing_in_an_address_may_be_changed()
    {
        var path = Path("lanck", 1);
        var token = path.Split('/')[2];
        Assert.All(
            [
                "", "/", "//", path + "/", "/" + path, path + "x", path[..^1], path.ToLowerInvariant(),
                $"{Id}/1", $"{Id}/1/", $"{Id}/01/{token}", $"{Id}/+1/{token}", $"{Id}/ 1/{token}", $"{Id}/2/{token}", $"{Id}//{token}",
                $"{Id}/x/{token}", $"0{Id[1..^1]}T/1/{token}", Path("revicom", 1), Path("lanck", 2)[..^5] + path[^5..],
            ],
            wrong => Assert.Null(_addresses.Read("lanck", wrong)));
        Assert.Null(_addresses.Read("revicom", path));
    }

    private string Path(string provider, int attempt) =>
        _addresses.For(provider, new AttemptKey(Id, attempt))[$"https://verify.example/webhooks/{provider}/".Length..];

    private static CallbackAddresses Addresses(string publicAddress) => new(
        Options.Create(new ServiceOptions { PublicAddress = publicAddress }),
        new ServiceKey(Options.Create(new SecurityOptions { ServiceKey = Convert.ToBase64String(new byte[32]) })));
}
