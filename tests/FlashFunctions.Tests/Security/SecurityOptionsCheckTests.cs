using FlashFunctions.Core.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Tests.Security;

public sealed class SecurityOptionsCheckTests
{
    private static readonly string GoodKey = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void Production_starts_with_keys_of_32_bytes() => Assert.True(Check(Options(GoodKey, GoodKey, "a"), "Production").Succeeded);

    [Theory]
    [InlineData("", "Security:ServiceKey")]
    [InlineData("bm90IGxvbmc=", "Security:ServiceKey")]
    [InlineData("not base64 at all, and long enough to be a key", "Security:ServiceKey")]
    public void Production_refuses_a_missing_or_short_key_and_names_the_setting(string key, string setting)
    {
        var result = Check(Options(key, GoodKey, "a"), "Production");

        Assert.True(result.Failed);
        Assert.Contains(setting, result.FailureMessage, StringComparison.Ordinal);
        Assert.True(key.Length == 0 || !result.FailureMessage.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public void Production_refuses_the_key_for_development() =>
        Assert.Contains(
            "development", Check(Options(DevelopmentKeys.Key, GoodKey, "a"), "Production").FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void The_active_key_must_be_one_of_the_keys() =>
        Assert.Contains("ActiveCodeKey", Check(Options(GoodKey, GoodKey, "b"), "Production").FailureMessage, StringComparison.Ordinal);

    [Fact]
    public void Development_starts_without_keys()
    {
        var options = new SecurityOptions();
        DevelopmentKeys.FillIn(options, Mode("Development"));

        Assert.True(Check(options, "Development").Succeeded);
        var untouched = new SecurityOptions();
        DevelopmentKeys.FillIn(untouched, Mode("Production"));
        Assert.True(Check(untouched, "Production").Failed);
    }

    [Theory]
    [InlineData("https://service.example", "Production", false, true)]
    [InlineData("https://service.example", "Production", true, true)]
    [InlineData("http://service.example", "Production", true, false)]
    [InlineData("http://service.example", "Development", true, false)]
    [InlineData("http://127.0.0.1:7071", "Production", true, false)]
    [InlineData("http://127.0.0.1:7071", "Production", false, true)]
    [InlineData("http://service.example", "Production", false, true)]
    [InlineData("http://service.example", "Development", false, true)]
    [InlineData("https://service.example/?x=1", "Development", false, false)]
    [InlineData("https://user@service.example", "Development", false, false)]
    [InlineData("ftp://service.example", "Development", false, false)]
    [InlineData("service.example", "Development", false, false)]
    public void The_public_address_is_https_on_Azure(
        string address, string environment, bool isOnAzure, bool isAllowed)
    {
        var result = new ServiceOptionsCheck(Mode(environment, isOnAzure)).Validate(null, new ServiceOptions { PublicAddress = address });

        Assert.Equal(isAllowed, result.Succeeded);
        Assert.True(isAllowed || result.FailureMessage!.StartsWith("Service:PublicAddress", StringComparison.Ordinal));
    }

    private static Microsoft.Extensions.Options.ValidateOptionsResult Check(SecurityOptions options, string environment) =>
        new SecurityOptionsCheck(Mode(environment)).Validate(null, options);

    private static DevelopmentMode Mode(string environment, bool isOnAzure = false) => new(
        new Host(environment),
        new ConfigurationBuilder()
            .AddInMemoryCollection([new("WEBSITE_SITE_NAME", isOnAzure ? "app" : null)])
            .Build());

    private static SecurityOptions Options(string serviceKey, string codeKey, string active)
    {
        var options = new SecurityOptions { ServiceKey = serviceKey, ActiveCodeKey = active };
        options.CodeKeys["a"] = codeKey;
        return options;
    }

    private sealed class Host(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;

        public string ApplicationName { get; set; } = "tests";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
