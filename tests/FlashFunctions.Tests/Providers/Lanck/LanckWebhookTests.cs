using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckWebhookTests
{
    private const string Name = "lanck";

    [Fact]
    public async Task A_call_callback_is_read()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        var reading = rig.Webhook(Name, rig.CallbackPath(Name), Contract.Read("Lanck", nameof(A_call_callback_is_read), "callback"));

        Assert.Equal(
            new ProviderEvent(
                Name,
                ProviderRig.Call(null).Attempt,
                "wp9RPWDGZkskBrVeTc4lgNCc4e79fc65",
                TransportStatus.Delivered,
                "ANSWERED",
                DateTimeOffset.FromUnixTimeSeconds(1656666364),
                "282002",
                new CallDetails
                {
                    SipStatus = 200,
                    CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1656666328),
                    RingStartedAt = DateTimeOffset.FromUnixTimeSeconds(1656666334),
                    AnsweredAt = DateTimeOffset.FromUnixTimeSeconds(1656666347),
                    EndedAt = DateTimeOffset.FromUnixTimeSeconds(1656666364),
                    Billable = true,
                    Duration = 17,
                },
                Outcome: CallOutcome.Answered),
            Assert.Single(Assert.IsType<WebhookReading.Events>(reading).Items));
    }

    [Theory]
    [InlineData("SENT", TransportStatus.Sent, TransportStatus.Sent)]
    [InlineData("DELIVERED", TransportStatus.Delivered, TransportStatus.Delivered)]
    [InlineData("UNDELIVERED", TransportStatus.Undelivered, TransportStatus.Undelivered)]
    [InlineData("REJECTED", TransportStatus.Undelivered, TransportStatus.Rejected)]
    [InlineData("ANSWERED", TransportStatus.Delivered, TransportStatus.Delivered)]
    [InlineData("TERMINATED", TransportStatus.Delivered, TransportStatus.Delivered)]
    [InlineData("BUSY_HERE", TransportStatus.Delivered, TransportStatus.Delivered)]
    [InlineData("UNAVAILABLE", TransportStatus.Undelivered, TransportStatus.Undelivered)]
    [InlineData("FORBIDDEN", TransportStatus.Undelivered, TransportStatus.Undelivered)]
    [InlineData("READ", TransportStatus.Read, TransportStatus.Read)]
    [InlineData("read", TransportStatus.Read, TransportStatus.Read)]
    [InlineData("Busy_Here", TransportStatus.Delivered, TransportStatus.Delivered)]
    [InlineData("PONDERING", null, null)]
    [InlineData("", null, null)]
    public async Task A_status_is_read_as_a_calls_or_a_messages(string status, TransportStatus? ofCall, TransportStatus? ofMessage)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.Equal(ofCall, Status(rig, $$"""{"status": "{{status}}", "sipStatus": 486}"""));
        Assert.Equal(ofCall, Status(rig, $$"""{"status": "{{status}}", "callCreatedAt": 1656666328}"""));
        Assert.Equal(ofMessage, Status(rig, $$"""{"status": "{{status}}"}"""));
    }

    [Fact]
    public async Task An_altered_path_is_not_authentic_nor_is_anything_without_credentials()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        await using var bare = new ProviderRig();
        var path = rig.CallbackPath(Name);

        foreach (var wrong
            in new[] { "", path[..^1], path.Replace("/0/", "/00/"), path.Replace("/0/", "/1/"), rig.CallbackPath("revicom") })
        {
            Assert.Equal(new WebhookReading.NotAuthentic("path token"), rig.Webhook(Name, wrong, """{"status": "DELIVERED"}"""));
            Assert.Equal(new WebhookReading.NotAuthentic("path token"), rig.RefusalOf(Name, wrong));
        }

        Assert.Null(rig.RefusalOf(Name, path));
        Assert.IsType<WebhookReading.NotAuthentic>(bare.Webhook(Name, path, """{"status": "DELIVERED"}"""));
        Assert.IsType<WebhookReading.NotAuthentic>(bare.RefusalOf(Name, path));
    }

    [Theory]
    [InlineData("ANSWERED", CallOutcome.Answered)]
    [InlineData("TERMINATED", CallOutcome.Rang)]
    [InlineData("BUSY_HERE", CallOutcome.Declined)]
    [InlineData("REJECTED", CallOutcome.Unreachable)]
    [InlineData("UNAVAILABLE", CallOutcome.Unreachable)]
    [InlineData("FORBIDDEN", CallOutcome.Refused)]
    [InlineData("SENT", null)]
    [InlineData("DELIVERED", null)]
    [InlineData("PONDERING", null)]
    public async Task A_status_says_what_became_of_the_call(string status, CallOutcome? expected)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.Equal(expected, Event(rig, $$"""{"status": "{{status}}", "sipStatus": 486}""").Outcome);
    }

    [Fact]
    public async Task Details_of_a_call_that_make_no_sense_are_left_out_and_a_message_has_none()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.Equal(
            new CallDetails(), Event(rig, """{"status": "SENT", "sipStatus": "none", "billable": "perhaps", "duration": -1}""").Call);
        Assert.Equal(
            new CallDetails { SipStatus = 486, Billable = false, Duration = 0 },
            Event(rig, """{"status": "SENT", "sipStatus": "486", "billable": "false", "duration": 0}""").Call);
        Assert.Null(Event(rig, """{"status": "SENT", "billable": true, "duration": 3}""").Call);
    }

    [Theory]
    [InlineData("")]
    [InlineData("status=DELIVERED")]
    [InlineData("[]")]
    [InlineData("{\"status\": \"DELIVERED\"")]
    public async Task A_body_of_another_shape_is_unreadable(string body)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.Equal(new WebhookReading.Unreadable("not a JSON object"), rig.Webhook(Name, rig.CallbackPath(Name), body));
    }

    private static TransportStatus? Status(ProviderRig rig, string body) => Event(rig, body).Status;

    private static ProviderEvent Event(ProviderRig rig, string body) =>
        Assert.Single(Assert.IsType<WebhookReading.Events>(rig.Webhook(Name, rig.CallbackPath(Name), body)).Items);
}
