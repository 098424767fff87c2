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
    [InlineData("accepted", TransportStatus.Sent, null)]
    [InlineData("scheduled", TransportStatus.Sent, null)]
    [InlineData("starting", TransportStatus.Sent, null)]
    [InlineData("ringing", TransportStatus.Ringing, null)]
    [InlineData("ongoing", TransportStatus.Delivered, CallOutcome.Answered)]
    [InlineData("completed", TransportStatus.Delivered, CallOutcome.Answered)]
    [InlineData("no-answer", TransportStatus.Delivered, null)]
    [InlineData("busy", TransportStatus.Delivered, CallOutcome.Declined)]
    [InlineData("failed", TransportStatus.Undelivered, null)]
    [InlineData("cancelled", TransportStatus.Undelivered, null)]
    [InlineData("Completed", TransportStatus.Delivered, CallOutcome.Answered)]
    [InlineData("CANCELLED", TransportStatus.Undelivered, null)]
    [InlineData("daydreaming", null, null)]
    [InlineData("", null, null)]
    public async Task A_status_is_normalised_by_the_table(string status, TransportStatus? expected, CallOutcome? outcome)
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        var isCancelled = status.Equals("cancelled", StringComparison.OrdinalIgnoreCase);

        foreach (var rang in (string[])["", ""","ringingAt": "2026-01-15T11:59:45Z" """, ""","answeredAt": "2026-01-15T11:59:50Z" """])
        {
            var read = Event(Signed(rig, $$"""{"id": "1", "status": "{{status}}"{{rang}}}"""));

            // Of a cancelled call alone it matters whether it rang before.
            Assert.Equal(isCancelled && rang.Length > 0 ? TransportStatus.Delivered : expected, read.Status);
            Assert.Equal((isCancelled, outcome), (read.IsCancellation, read.Outcome));
        }
    }

    [Fact]
    public async Task A_webhook_without_a_status_is_of_none_that_is_known()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        var read = Event(Signed(rig, """{"id": "1", "ringingAt": "2026-01-15T11:59:45Z"}"""));

        Assert.Equal((null, "", false, null), (read.Status, read.RawStatus, read.IsCancellation, read.Outcome));
    }

    [Fact]
    public async Task All_that_a_call_tells_is_kept()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);
        DateTimeOffset At(int second) => new(2026, 1, 15, 11, 59, second, TimeSpan.Zero);

        var read = Event(Signed(rig, """
            {
                "id": "1", "status": "completed", "createdAt": "2026-01-15T11:59:40Z", "ringingAt": "2026-01-15T11:59:45Z",
                "answeredAt": "2026-01-15T11:59:50Z", "endedAt": "2026-01-15T11:59:55Z", "updatedAt": "2026-01-15T11:59:56Z", "duration": 5
            }
            """));

        Assert.Equal(
            new CallDetails { CreatedAt = At(40), RingStartedAt = At(45), AnsweredAt = At(50), EndedAt = At(55), Duration = 5 }, read.Call);
        Assert.Equal(At(56), read.At);
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

        Assert.Equal(isAuthentic ? null : new WebhookReading.NotAuthentic("timestamp"), reading as WebhookReading.NotAuthentic);
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

        Assert.Equal(new WebhookReading.NotAuthentic("signature"), reading);
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

        Assert.Equal(
            new WebhookReading.NotAuthentic("no signing key is configured"), rig.Webhook(Name, "", body, Headers(timestamp, signature)));
    }

    [Fact]
    public async Task Another_event_holds_nothing_for_us_and_a_body_without_a_call_is_unreadable()
    {
        await using var rig = new ProviderRig(ProviderRig.Bird);

        Assert.Empty(Assert.IsType<WebhookReading.Events>(
            Signed(rig, """{"service": "voice", "event": "voice.inbound", "payload": {"id": "1", "status": "ringing"}}""")).Items);
        Assert.Equal(
            TransportStatus.Ringing,
            Event(Signed(rig, """{"service": "voice", "event": "Voice.Outbound", "payload": {"id": "1", "status": "ringing"}}""")).Status);
        var unreadable = new WebhookReading.Unreadable("no call with an id");
        Assert.Equal(unreadable, Signed(rig, """{"status": "ringing"}"""));
        Assert.Equal(unreadable, Signed(rig, """{"service": "voice", "event": "voice.outbound", "payload": {"status": "ringing"}}"""));
        Assert.Equal(unreadable, Signed(rig, "ringing"));
        Assert.Equal(unreadable, Signed(rig, ""));
    }

    private static ProviderEvent Event(WebhookReading reading) => Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items);

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
