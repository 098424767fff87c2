using FlashFunctions.Core.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Tests.Providers;

public sealed class ProviderSettingsTests
{
    private static readonly (string Key, string Value)[] All =
        [.. ProviderRig.Unibell, .. ProviderRig.Revicom, .. ProviderRig.Bird, .. ProviderRig.Lanck];

    [Fact]
    public async Task Only_providers_with_credentials_are_there()
    {
        await using var all = new ProviderRig(All);
        await using var two = new ProviderRig(
            [.. ProviderRig.Bird, .. ProviderRig.Revicom, ("Providers:Lanck:BaseAddress", "https://lanck.example")]);
        await using var none = new ProviderRig();

        Assert.Equal(["unibell", "revicom", "bird", "lanck", "lanck-verify"], Names(all));
        Assert.Equal(["revicom", "bird"], Names(two));
        Assert.Empty(Names(none));
        Assert.Equal(
            ["unibell", "bird"],
            Names(all).Where(name => all.Provider(name).IsFoundByReference).ToArray());
        Start(all);
        Start(two);
        Start(none);
    }

    [Theory]
    [InlineData("Providers:Unibell:ApiKey")]
    [InlineData("Providers:Unibell:WebhookAppKey")]
    [InlineData("Providers:Unibell:WebhookToken")]
    [InlineData("Providers:Bird:AccessKey")]
    [InlineData("Providers:Bird:WorkspaceId")]
    [InlineData("Providers:Bird:ChannelId")]
    [InlineData("Providers:Bird:WebhookSigningKey")]
    [InlineData("Providers:Lanck:TokenId")]
    [InlineData("Providers:Lanck:TokenSecret")]
    [InlineData("Providers:Lanck:BaseAddress")]
    public async Task A_half_configured_provider_stops_the_start_and_is_named(string missing)
    {
        await using var rig = new ProviderRig([.. All.Where(setting => !setting.Key.Equals(missing, StringComparison.Ordinal))]);

        Assert.Contains(
            Assert.Throws<OptionsValidationException>(() => Start(rig)).Failures,
            failure => failure.StartsWith(missing, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Providers:Revicom:Token", "")]
    [InlineData("Providers:Revicom:Tags", "fine,not fine")]
    [InlineData("Providers:Revicom:CallbackEvents", " , ")]
    [InlineData("Providers:Revicom:MaxCodeLength", "7")]
    [InlineData("Providers:Revicom:StepWait", "00:10:01")]
    [InlineData("Providers:Revicom:ConversionBaseAddress", "http://direct.i-dgtl.ru")]
    [InlineData("Providers:Unibell:BaseAddress", "http://api.unibell.ru")]
    [InlineData("Providers:Unibell:BaseAddress", "ftp://api.unibell.ru")]
    [InlineData("Providers:Unibell:BaseAddress", "api.unibell.ru")]
    [InlineData("Providers:Unibell:BaseAddress", "https://user:secret@api.unibell.ru")]
    [InlineData("Providers:Unibell:BaseAddress", "https://api.unibell.ru?X-Authorization=key")]
    [InlineData("Providers:Unibell:BaseAddress", "http://localhost.evil.example")]
    [InlineData("Providers:Unibell:ApiKey", "key with a space")]
    [InlineData("Providers:Unibell:ApiKey", "key\r\nX: y")]
    [InlineData("Providers:Unibell:WebhookToken", "short")]
    [InlineData("Providers:Unibell:RequestsPerSecond", "0")]
    [InlineData("Providers:Unibell:AttemptTimeout", "00:00:00.5")]
    [InlineData("Providers:Unibell:Circuit:FailureRatio", "1.5")]
    [InlineData("Providers:Unibell:Circuit:BreakDuration", "00:00:00")]
    [InlineData("Providers:Lanck:TokenId", "with:colon")]
    [InlineData("Providers:Bird:WorkspaceId", "../other")]
    [InlineData("Providers:Bird:CallerNumbers", "+37282320000-+37282419999,+37282500000")]
    [InlineData("Providers:Bird:CallerNumbers", "37282320000")]
    [InlineData("Providers:Bird:CallerNumbers", "+37282329999-+37282320000")]
    [InlineData("Providers:Bird:CallerNumbers", "+3728232-+37282329999")]
    public async Task A_wrong_setting_stops_the_start_and_is_named(string key, string value)
    {
        await using var rig = new ProviderRig(
            [.. All.Where(setting => setting.Key != key), ("Providers:Revicom:ConversionToken", "x"), (key, value)]);

        var failures = Assert.Throws<OptionsValidationException>(() => Start(rig)).Failures;

        Assert.StartsWith(key, Assert.Single(failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", "http://127.0.0.1:7072", true)]
    [InlineData("Production", "http://localhost:7072/unibell", true)]
    [InlineData("Production", "http://[::1]:7072", true)]
    [InlineData("Production", "http://10.0.0.4", false)]
    [InlineData("Development", "http://10.0.0.4", true)]
    [InlineData("Staging", "http://10.0.0.4", false)]
    public async Task Http_is_for_development_and_loopback_hosts(string environment, string address, bool isAllowed)
    {
        await using var rig = new ProviderRig(
            environment, realSockets: false, [.. ProviderRig.Unibell, ("Providers:Unibell:BaseAddress", address)]);

        if (isAllowed)
        {
            Start(rig);
            Assert.NotNull(rig.Provider("unibell"));
        }
        else
        {
            Assert.Throws<OptionsValidationException>(() => Start(rig));
        }
    }

    [Fact]
    public async Task A_base_address_may_have_a_path_and_a_trailing_slash()
    {
        await using var rig = new ProviderRig(
            [.. ProviderRig.Unibell, ("Providers:Unibell:BaseAddress", "https://proxy.example/unibell/")]);
        rig.Upstream.Answer(200, """{"requestId": 1}""");

        await rig.PlaceAsync("unibell", ProviderRig.Call("1234"));

        Assert.Equal("https://proxy.example/unibell/apps/flash/calls/flash", rig.Upstream.Only.Address);
    }

    [Theory]
    [InlineData(200, """{"requestId": "r-1", "id": "r-1", "from": "+37282329823", "items": [{"messageUuid": "r-1", "code": 201}]}""")]
    [InlineData(200, """{"from": "37282329823"}""")]
    [InlineData(
        400, """{"errorCode": 11, "errorReason": "+14085553911 is invalid", "code": "x14085553911", "details": {"to": ["14085553911"]}}""")]
    [InlineData(422, """{"error": {"code": 4220, "msg": "Invalid content 4711 for 14085553911"}, "code": "4711"}""")]
    [InlineData(403, """{"error": {"code": 4030, "msg": "cmV2aWNvbS10b2tlbg== 4711"}, "errorCode": 6}""")]
    [InlineData(503, "+14085553911 4711")]
    public async Task No_number_code_or_secret_is_ever_logged(int status, string body)
    {
        await using var rig = new ProviderRig([.. All, ("Providers:Bird:CallerNumbers", "+37282329823")]);
        rig.Upstream.Always(status, body);

        foreach (var provider in rig.Services.GetServices<IProvider>())
        {
            var outcome = await rig.PlaceAsync(provider.Name, ProviderRig.Call(provider.Name == "bird" ? null : "4711"));
            if (provider is ITakeReports)
            {
                await rig.ReportAsync(provider.Name, ProviderRig.Report(UpstreamVerdict.Verified));
            }

            Assert.DoesNotContain("37282329823", outcome.ToString()!, StringComparison.Ordinal);
        }

        string[] secrets =
        [
            "4711", "14085553911", "37282329823", "unibell-key", "unibell-app-key", "cmV2aWNvbS10b2tlbg", "bird-key", "lanck-id",
            "lanck-secret", "bGFuY2staWQ6bGFuY2stc2VjcmV0", "webhooks/", "http",
        ];
        Assert.All(
            rig.Logs.Lines, line => Assert.All(secrets, secret => Assert.DoesNotContain(secret, line.Text, StringComparison.Ordinal)));
    }

    private static void Start(ProviderRig rig) => rig.Services.GetRequiredService<IStartupValidator>().Validate();

    private static string[] Names(ProviderRig rig) => [.. rig.Services.GetServices<IProvider>().Select(provider => provider.Name)];
}
