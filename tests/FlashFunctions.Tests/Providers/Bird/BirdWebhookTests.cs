using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Bird;

public sealed class BirdWebhookTests
{
    private const string Name = "bird";
    private const string Id = "0f3b1e52-6d3c-4c1b-9c1a-8e2b8f5a7c11";

    [Theory]
    [InlineData("envelope", true)]
    [InlineData("bare", false)]
    public async Task A_signed_webhook_is_read(string part, bool saysWhenItRang)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        var reading = Signed(rig, Contract.Read("Bird", nameof(A_signed_webhook_is_read), part));

        Assert.Equal(
            new ProviderEvent(
                Name,
                null,
                Id,
                TransportStatus.Delivered,
                "no-answer",
                rig.Time.GetUtcNow(),
                Call: new CallDetails
                {
                    CreatedAt = rig.Time.GetUtcNow().AddSeconds(-20),
                    RingStartedAt = saysWhenItRang ? rig.Time.GetUtcNow().AddSeconds(-15) : null,
                }),
            Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items));
    }

    [Theory]
    [InlineData("accepted", TransportStatus.Sent)]
    [InlineData("scheduled", TransportStatus.Sent)]
    [InlineData("starting", TransportStatus.Sent)]
    [InlineData("ringing", TransportStatus.Ringing)]
    [InlineData("ongoing", TransportStatus.Delivered)]
    [InlineData("completed", TransportStatus.Delivered)]
    [InlineData("no-answer", TransportStatus.Delivered)]
    [InlineData("busy", TransportStatus.Delivered)]
    [InlineData("failed", TransportStatus.Undelivered)]
    [InlineData("cancelled", TransportStatus.Undelivered)]
    [InlineData("daydreaming", null)]
    public async Task A_status_is_normalised_by_the_table(string status, TransportStatus? expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.Equal(expected, Status(Signed(rig, $$"""{"id": "1", "status": "{{status}}"}""")));
    }

    [Fact]
    public async Task A_call_that_was_cancelled_after_it_rang_has_been_delivered()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        var reading = Signed(rig, """{"id": "1", "status": "cancelled", "ringingAt": "2026-01-15T11:59:45Z"}""");

        Assert.Equal(TransportStatus.Delivered, Status(reading));
    }

    [Theory]
    [InlineData(-300, true)]
    [InlineData(-301, false)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public async Task Five_minutes_of_skew_are_allowed(int seconds, bool isAuthentic)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        var reading = Signed(rig, """{"id": "1", "status": "ringing"}""", rig.Time.GetUtcNow().AddSeconds(seconds));

        Assert.IsType(isAuthentic ? typeof(WebhookReading.Events) : typeof(WebhookReading.NotAuthentic), reading);
    }

    [Theory]
    [InlineData("other-key", "https://verify.example/webhooks/bird/", """{"id":"1"}""")]
    [InlineData("bird-signing-key", "http://10.0.0.4:8080/webhooks/bird/", """{"id":"1"}""")]
    [InlineData("bird-signing-key", "https://verify.example/webhooks/bird/", """{"id":"2"}""")]
    [InlineData("", "https://verify.example/webhooks/bird/", """{"id":"1"}""")]
    public async Task Another_key_address_or_body_is_not_authentic(string key, string address, string signedBody)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        var timestamp = Seconds(rig.Time.GetUtcNow());

        var reading = rig.Webhook(
            Name, "", """{"id":"1"}""", Headers(timestamp, Signature(key, timestamp, address, Encoding.UTF8.GetBytes(signedBody))));

        Assert.IsType<WebhookReading.NotAuthentic>(reading);
    }

    [Fact]
    public async Task A_timestamp_other_than_the_signed_one_and_missing_or_malformed_headers_are_not_authentic()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        var body = """{"id":"1"}"""u8.ToArray();
        var timestamp = Seconds(rig.Time.GetUtcNow());
        var signature = Signature("bird-signing-key", timestamp, "https://verify.example/webhooks/bird/", body);
        Assert.IsType<WebhookReading.Events>(rig.Webhook(Name, "", body, Headers(timestamp, signature)));

        (string, string)[][] wrong =
        [
            [],
            [("messagebird-request-timestamp", timestamp)],
            [("messagebird-signature", signature)],
            Headers(Seconds(rig.Time.GetUtcNow().AddSeconds(1)), signature),
            Headers("now", signature),
            Headers("-1", signature),
            Headers("99999999999999999999", signature),
            Headers(timestamp, "%%%"),
            Headers(timestamp, ""),
            Headers(timestamp, signature[..^8]),
            Headers(timestamp, signature + "AAAA"),
        ];
        Assert.All(wrong, headers => Assert.IsType<WebhookReading.NotAuthentic>(rig.Webhook(Name, "", body, headers)));
    }

    [Fact]
    public async Task Without_a_signing_key_nothing_is_authentic()
    {
        await using var rig = new ProviderRig();
        var body = """{"id":"1"}"""u8.ToArray();
        var timestamp = Seconds(rig.Time.GetUtcNow());
        var signature = Convert.ToBase64String(
            HMACSHA256.HashData(Array.Empty<byte>(), Message(timestamp, "https://verify.example/webhooks/bird/", body)));

        Assert.IsType<WebhookReading.NotAuthentic>(rig.Webhook(Name, "", body, Headers(timestamp, signature)));
    }

    [Fact]
    public async Task Another_event_holds_nothing_for_us_and_a_body_without_a_call_is_unreadable()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.Empty(Assert.IsType<WebhookReading.Events>(
            Signed(rig, """{"service": "voice", "event": "voice.inbound", "payload": {"id": "1", "status": "ringing"}}""")).Items);
        Assert.IsType<WebhookReading.Unreadable>(Signed(rig, """{"status": "ringing"}"""));
        Assert.IsType<WebhookReading.Unreadable>(Signed(rig, "ringing"));
        Assert.IsType<WebhookReading.Unreadable>(Signed(rig, ""));
    }

    private static TransportStatus? Status(WebhookReading reading) =>
        Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items).Status;

    private static WebhookReading Signed(ProviderRig rig, string body) => Signed(rig, Encoding.UTF8.GetBytes(body));

    private static WebhookReading Signed(ProviderRig rig, string body, DateTimeOffset time) =>
        Signed(rig, Encoding.UTF8.GetBytes(body), time);

    private static WebhookReading Signed(ProviderRig rig, byte[] body, DateTimeOffset? time = null)
    {
        var timestamp = Seconds(time ?? rig.Time.GetUtcNow());
        return rig.Webhook(
            Name, "", body, Headers(timestamp, Signature("bird-signing-key", timestamp, "https://verify.example/webhooks/bird/", body)));
    }

    private static (string Name, string Value)[] Headers(string timestamp, string signature) =>
        [("MessageBird-Request-Timestamp", timestamp), ("MessageBird-Signature", signature)];

    private static string Seconds(DateTimeOffset time) => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Signature(string key, string timestamp, string address, byte[] body) =>
        Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Message(timestamp, address, body)));

    private static byte[] Message(string timestamp, string address, byte[] body) =>
        [.. Encoding.UTF8.GetBytes(timestamp + "\n" + address + "\n"), .. SHA256.HashData(body)];
}
