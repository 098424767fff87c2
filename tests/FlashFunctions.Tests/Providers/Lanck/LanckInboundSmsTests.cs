using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckInboundSmsTests
{
    private const string Token = "inbound-token-0001";

    private static readonly (string, string)[] Settings = [.. ProviderRig.Lanck, ("Providers:Lanck:InboundSmsToken", Token)];

    [Fact]
    public async Task An_inbound_SMS_is_read()
    {
        await using var rig = new ProviderRig(Settings);

        var reading = Read(rig, $"inbound-sms/{Token}", Contract.Read("Lanck", nameof(An_inbound_SMS_is_read), "webhook"));

        var sms = Assert.IsType<WebhookReading.Inbound>(reading).Sms;
        Assert.Equal(
            new InboundSms(
                "fffeee-qqdqqq-gfrgrgr-vvvvvvv",
                "447700900001",
                "447700900000",
                " Hello world ",
                DateTimeOffset.FromUnixTimeSeconds(1578787200),
                1),
            sms);
        Assert.Equal("InboundSms(fffeee-qqdqqq-gfrgrgr-vvvvvvv)", sms.ToString());
    }

    [Theory]
    [InlineData("inbound-sms/")]
    [InlineData("inbound-sms/inbound-token-0002")]
    [InlineData("inbound-token-0001")]
    [InlineData("")]
    public async Task Another_path_is_not_authentic(string path)
    {
        await using var rig = new ProviderRig(Settings);

        Assert.Equal(
            new WebhookReading.NotAuthentic("path token"),
            Read(rig, path, """{"messageId": "1", "from": "2", "to": "3"}"""u8.ToArray()));
    }

    [Fact]
    public async Task Without_a_token_nothing_is_authentic()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        await using var bare = new ProviderRig();

        Assert.All(
            [rig, bare],
            each => Assert.IsType<WebhookReading.NotAuthentic>(
                Read(each, "inbound-sms/", """{"messageId": "1", "from": "2", "to": "3"}"""u8.ToArray())));
    }

    [Theory]
    [InlineData("""{"from": "2", "to": "3", "text": "no id"}""")]
    [InlineData("""{"messageId": "1", "to": "3"}""")]
    [InlineData("""{"messageId": "1", "from": "2", "to": " "}""")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task What_cannot_be_told_apart_or_delivered_is_unreadable(string body)
    {
        await using var rig = new ProviderRig(Settings);

        Assert.Equal(
            new WebhookReading.Unreadable("no messageId, from or to"),
            Read(rig, $"inbound-sms/{Token}", System.Text.Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task A_message_without_text_is_an_empty_one()
    {
        await using var rig = new ProviderRig(Settings);

        var reading = Read(
            rig, $"inbound-sms/{Token}", """{"messageId": 7, "from": 447700900001, "to": "447700900000", "text": null}"""u8.ToArray());

        Assert.Equal(
            new InboundSms("7", "447700900001", "447700900000", "", null, null), Assert.IsType<WebhookReading.Inbound>(reading).Sms);
    }

    private static WebhookReading Read(ProviderRig rig, string path, byte[] body) => rig.Webhook("lanck", path, body);
}
