using System.Net;
using FlashFunctions.Core.Callbacks;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Callbacks;

public sealed class CallbackAddressTests
{
    private const string NotPublic = "must be a public address";
    private const string NotHttps = "must be an https address";
    private const string Malformed = "must be an https address (international names in their xn-- form)";
    private const string HasUser = "must not hold a user name or password";

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com:443/hook?x=1#y")]
    [InlineData("HTTPS://EXAMPLE.COM/")]
    [InlineData("https://example.com./")]
    [InlineData("https://xn--e1afmkfd.xn--p1ai/hook")]
    [InlineData("https://local.example.com/")]
    [InlineData("https://mylocalhost.com/")]
    [InlineData("https://example.com/path@with:signs?and=@")]
    [InlineData("https://8.8.8.8/hook")]
    [InlineData("https://134744072/")]
    [InlineData("https://[2606:4700:4700::1111]/hook")]
    [InlineData("https://[::ffff:8.8.8.8]/hook")]
    public void A_public_https_address_may_be_tried(string address) => Assert.Null(Fault(address));

    [Theory]
    [InlineData("http://example.com/", NotHttps)]
    [InlineData("http://8.8.8.8/", NotHttps)]
    [InlineData("ftp://example.com/", Malformed)]
    [InlineData("file:///etc/passwd", Malformed)]
    [InlineData("javascript:alert(1)", Malformed)]
    [InlineData("//example.com/", Malformed)]
    [InlineData("/hook", Malformed)]
    [InlineData("example.com", Malformed)]
    [InlineData("https:example.com", Malformed)]
    [InlineData("https:///example.com", Malformed)]
    [InlineData(" https://example.com", Malformed)]
    [InlineData("https://example.com:0/", Malformed)]
    [InlineData("https://example.com:99999/", Malformed)]
    [InlineData("https://пример.рф/", Malformed)]
    [InlineData("https://\uFF11\uFF12\uFF17.0.0.1/", Malformed)]
    [InlineData("https://127\u30020\u30020\u30021/", Malformed)]
    [InlineData("https://%31%32%37.0.0.1/", Malformed)]
    [InlineData("https://exa mple.com/", Malformed)]
    [InlineData("https://[::1", Malformed)]
    [InlineData("", Malformed)]
    [InlineData("https://user:password@example.com/", HasUser)]
    [InlineData("https://user@example.com/", HasUser)]
    [InlineData("https://@example.com/", HasUser)]
    [InlineData("https://example.com@127.0.0.1/", HasUser)]
    public void Anything_else_is_told_what_is_wrong(string address, string fault) => Assert.Equal(fault, Fault(address));

    [Theory]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://127.0.0.1./")]
    [InlineData("https://127.1/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0x7f.0x0.0x0.0x1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://017700000001/")]
    [InlineData("https://0/")]
    [InlineData("https://10.1/")]
    [InlineData("https://2852039166/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://168.63.129.16/")]
    [InlineData("https://192.168.0.1:8443/")]
    [InlineData("https://4294967297/")]
    [InlineData("https://127.0.0.08/")]
    [InlineData("https://256.0.0.1/")]
    [InlineData("https://127.0.0.1.1/")]
    [InlineData("https://example.0x7f/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[fd00::1]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://a.localhost/")]
    [InlineData("https://printer.local/")]
    [InlineData("https://metadata.google.internal/")]
    [InlineData("https://router.home.arpa/")]
    [InlineData("https://intranet/")]
    public void An_address_that_is_not_public_is_refused_however_it_is_written(string address) => Assert.Equal(NotPublic, Fault(address));

    [Theory]
    [InlineData("http://localhost:5000/hook")]
    [InlineData("https://localhost:5001/hook")]
    [InlineData("http://app.localhost/")]
    [InlineData("http://127.0.0.1:5000/")]
    [InlineData("http://127.1/")]
    [InlineData("http://[::1]:5000/")]
    [InlineData("https://example.com/")]
    public void Where_loopback_is_allowed_it_may_be_plain_http(string address) => Assert.Null(Fault(address, allowLoopback: true));

    [Theory]
    [InlineData("http://example.com/", NotHttps)]
    [InlineData("http://10.0.0.1/", NotPublic)]
    [InlineData("https://10.0.0.1/", NotPublic)]
    [InlineData("https://0.0.0.0/", NotPublic)]
    [InlineData("https://169.254.169.254/", NotPublic)]
    [InlineData("http://intranet/", NotPublic)]
    [InlineData("http://user@localhost/", HasUser)]
    public void And_nothing_but_loopback(string address, string fault) => Assert.Equal(fault, Fault(address, allowLoopback: true));

    [Theory]
    [InlineData("https://example.com:8443/", "", "must have port 443")]
    [InlineData("https://example.com:22/", "8443", "must have port 443 or 8443")]
    [InlineData("https://8.8.8.8:80/", " 8443, 9443 ", "must have port 443 or 8443 or 9443")]
    [InlineData("https://[2606:4700:4700::1111]:6379/", "", "must have port 443")]
    [InlineData("https://localhost.example.com:5001/", "", "must have port 443")]
    [InlineData("https://example.com:8443/", "8443", null)]
    [InlineData("https://example.com/", "8443", null)]
    [InlineData("https://localhost:5001/", "", null)]
    public void A_port_is_443_or_an_allowed_one(string address, string allowed, string? fault)
    {
        var options = new CallbackOptions { AllowLoopback = true, AllowedPorts = allowed };
        Assert.Equal(fault, new AddressGuard(Options.Create(options), Unused).Fault(address));
    }

    [Fact]
    public void A_long_address_is_refused() =>
        Assert.Equal("must have at most 2048 characters", Fault($"https://example.com/{new string('a', 2048)}"));

    [Fact]
    public void No_text_makes_the_guard_throw()
    {
        var host = Gen.Elements([.. "0127.:@[]x%/\\#?-_afé。 \0"]).ListOf().Select(characters => $"https://{string.Concat(characters)}/");
        var any = Gen.OneOf(ArbMap.Default.ArbFor<string>().Generator.Where(text => text is not null), host);

        // It either refuses, or what it lets through is an address that HTTP can be sent to.
        var holds = Prop.ForAll(any.ToArbitrary(), text => Fault(text) is not null || new Uri(text).IdnHost.Length > 0);
        FsCheck.Check.One(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(5000), holds);
    }

    private static string? Fault(string address, bool allowLoopback = false) =>
        new AddressGuard(Options.Create(new CallbackOptions { AllowLoopback = allowLoopback }), Unused).Fault(address);

    private static Task<IPAddress[]> Unused(string host, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("Nothing is resolved when a request is made.");
}
