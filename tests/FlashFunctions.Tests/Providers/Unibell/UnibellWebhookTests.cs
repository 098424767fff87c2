using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Unibell;

public sealed class UnibellWebhookTests
{
    private const string Name = "unibell";
    private const string Token = "unibell-webhook-token";

    [Fact]
    public async Task A_callback_is_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        var reading = rig.Webhook(Name, Token, Contract.Read("Unibell", nameof(A_callback_is_read), "callback"));

        Assert.Equal(
            new ProviderEvent(
                Name, null, "7700341", TransportStatus.Delivered, "TERMINATED", rig.Time.GetUtcNow(), Outcome: CallOutcome.Rang),
            Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items));
    }

    [Theory]
    [InlineData("ANSWERED", TransportStatus.Delivered, CallOutcome.Answered)]
    [InlineData("TERMINATED", TransportStatus.Delivered, CallOutcome.Rang)]
    [InlineData("BUSY_HERE", TransportStatus.Delivered, CallOutcome.Declined)]
    [InlineData("REJECTED", TransportStatus.Undelivered, CallOutcome.Unreachable)]
    [InlineData("UNAVAILABLE", TransportStatus.Undelivered, CallOutcome.Unreachable)]
    [InlineData("FORBIDDEN", TransportStatus.Undelivered, CallOutcome.Refused)]
    [InlineData(" answered ", TransportStatus.Delivered, CallOutcome.Answered)]
    [InlineData("TELEPORTED", null, null)]
    [InlineData("", null, null)]
    public async Task A_status_is_normalised_by_the_table(string status, TransportStatus? expected, CallOutcome? outcome)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        var read = Event(rig.Webhook(Name, Token, Body(status: $"\"{status}\"")));

        Assert.Equal((expected, outcome), (read.Status, read.Outcome));
    }

    [Theory]
    [InlineData("1768478400", "2026-01-15T12:00:00Z")]
    [InlineData("1768478400000", "2026-01-15T12:00:00Z")]
    [InlineData("\"1768478400\"", "2026-01-15T12:00:00Z")]
    [InlineData("1768478400.5", "2026-01-15T12:00:00.5Z")]
    [InlineData("\"yesterday\"", null)]
    [InlineData("1e300", null)]
    [InlineData("-5", null)]
    [InlineData("null", null)]
    public async Task A_timestamp_may_be_seconds_or_milliseconds(string timestamp, string? expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        var at = Event(rig.Webhook(Name, Token, Body(timestamp: timestamp))).At;

        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), at);
    }

    [Fact]
    public async Task An_unknown_status_is_kept_for_the_log_without_what_does_not_belong_there()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        var raw = Event(
            rig.Webhook(Name, Token, Body(status: "\"NEW\\nALARM: \\u0000fake_line-1" + new string('x', 100) + "\""))).RawStatus;

        Assert.Equal("NEWALARMfake_line-1" + new string('x', 21), raw);
    }

    [Theory]
    [InlineData("", "unibell-app-key", "path token")]
    [InlineData("unibell-webhook-tokeN", "unibell-app-key", "path token")]
    [InlineData("unibell-webhook-token/", "unibell-app-key", "path token")]
    [InlineData("unibell-webhook-token", "unibell-app-keY", "appKey")]
    [InlineData("unibell-webhook-token", "", "appKey")]
    public async Task A_wrong_path_token_or_appKey_is_not_authentic(string token, string appKey, string wrong)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        Assert.Equal(new WebhookReading.NotAuthentic(wrong), rig.Webhook(Name, token, Body(appKey: appKey)));
    }

    [Fact]
    public async Task A_wrong_path_token_is_refused_before_the_body_is_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        Assert.Equal(new WebhookReading.NotAuthentic("path token"), rig.RefusalOf(Name, "x"));
        Assert.Null(rig.RefusalOf(Name, Token));
    }

    [Fact]
    public async Task Without_secrets_nothing_is_authentic()
    {
        await using var rig = new ProviderRig();

        Assert.IsType<WebhookReading.NotAuthentic>(rig.Webhook(Name, "", Body(appKey: "")));
        Assert.IsType<WebhookReading.NotAuthentic>(rig.Webhook(Name, Token, Body()));
    }

    [Theory]
    [InlineData("", "not a JSON object")]
    [InlineData("requestId=1&status=ANSWERED", "not a JSON object")]
    [InlineData("""["appKey"]""", "not a JSON object")]
    [InlineData("""{"status": "ANSWERED", "appKey": "unibell-app-key"}""", "no requestId")]
    public async Task A_body_without_a_request_is_unreadable(string body, string why)
    {
        await using var rig = new ProviderRig(ProviderRig.Unibell);

        Assert.Equal(new WebhookReading.Unreadable(why), rig.Webhook(Name, Token, body));
    }

    private static ProviderEvent Event(WebhookReading reading) => Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items);

    private static string Body(string status = "\"ANSWERED\"", string timestamp = "1768478400", string appKey = "unibell-app-key") =>
        $$"""{"requestId": "r", "number": "14085553911", "status": {{status}}, "timestamp": {{timestamp}}, "appKey": "{{appKey}}"}""";
}
