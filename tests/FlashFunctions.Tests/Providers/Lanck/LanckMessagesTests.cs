using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckMessagesTests
{
    private const string Name = "lanck";
    private const string Order = "Your order #29211 received";

    [Fact]
    public Task An_SMS_is_sent() => AssertSentAsync(
        "sms", nameof(An_SMS_is_sent), Message(Channel.Sms, "Your order #29211 received & paid: 5 € + tip") with { From = "Shop" });

    [Fact]
    public Task A_push_notification_is_sent() => AssertSentAsync(
        "messaging/push", nameof(A_push_notification_is_sent),
        Message(Channel.Push, Order, ("title", "Hi!"), ("imageUrl", "not for push")));

    [Fact]
    public Task A_Viber_message_is_sent() => AssertSentAsync(
        "messaging/viber",
        nameof(A_Viber_message_is_sent),
        Message(
            Channel.Viber,
            Order,
            ("buttonCaption", "See it"),
            ("buttonActionUrl", "https://shop.example/?order=29211&from=viber"),
            ("imageUrl", "https://shop.example/29211.png")) with
        { From = "Shop" });

    [Fact]
    public Task An_RCS_message_is_sent() => AssertSentAsync(
        "messaging/rcs", nameof(An_RCS_message_is_sent), Message(Channel.Rcs, Order) with { From = "not for RCS" });

    [Fact]
    public Task A_code_is_spoken() => AssertSentAsync(
        "calls/p2s", nameof(A_code_is_spoken),
        Message(Channel.Voice, text: null) with { Code = "0123", From = "+37282329823", Language = "uk" });

    [Fact]
    public Task A_text_is_spoken() => AssertSentAsync(
        "calls/t2s", nameof(A_text_is_spoken), Message(Channel.Speech, "Hi, I'm using the API!") with { From = "Shop" });

    [Theory]
    [InlineData(Channel.Sms, null, null, null)]
    [InlineData(Channel.Push, " ", null, null)]
    [InlineData(Channel.Viber, "", null, null)]
    [InlineData(Channel.Rcs, null, "1234", null)]
    [InlineData(Channel.Voice, "1234", null, null)]
    [InlineData(Channel.Voice, null, "123", null)]
    [InlineData(Channel.Voice, null, "1234567", null)]
    [InlineData(Channel.Voice, null, "12e4", null)]
    [InlineData(Channel.Voice, null, "1234", "et")]
    [InlineData(Channel.Voice, null, "1234", "EN")]
    [InlineData(Channel.Speech, "text", null, "de")]
    [InlineData(Channel.Speech, null, "1234", "en")]
    [InlineData((Channel)99, "text", "1234", "en")]
    public async Task What_lacks_its_text_code_or_language_is_never_sent(Channel channel, string? text, string? code, string? language)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        var outcome = await rig.PlaceAsync(Name, Message(channel, text) with { Code = code, Language = language });

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(outcome).Kind);
        Assert.Empty(rig.Upstream.Requests);
    }

    [Theory]
    [InlineData("am")]
    [InlineData("pt")]
    [InlineData("zh")]
    public async Task A_code_is_spoken_in_any_language_of_the_list(string language)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId": "1"}""");

        await rig.PlaceAsync(Name, Message(Channel.Voice, text: null) with { Code = "1234", Language = language });

        Assert.Equal(language, (string?)Contract.Form(rig.Upstream.Only.Body)["language"]);
    }

    [Fact]
    public async Task Messages_wait_a_minute_and_spoken_codes_have_4_to_6_digits()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        var message = new Capability(CodeSource.Ours, TimeSpan.FromSeconds(60));

        Assert.All(
            [Channel.Sms, Channel.Push, Channel.Viber, Channel.Rcs, Channel.Speech],
            channel => Assert.All([0, 4, 6], length => Assert.Equal(message, rig.Provider(Name).CapabilityFor(channel, length))));
        Assert.Equal(message, rig.Provider(Name).CapabilityFor(Channel.Voice, 6));
        Assert.Null(rig.Provider(Name).CapabilityFor(Channel.Voice, 7));
        Assert.Null(rig.Provider(Name).CapabilityFor((Channel)99, 4));
    }

    [Fact]
    public async Task A_sender_that_is_not_allowed_is_not_sent_and_goes_to_the_next_provider()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(400, """{"errorCode": 16, "errorReason": "Sender not allowed"}""");

        var outcome = await rig.PlaceAsync(Name, Message(Channel.Sms, Order) with { From = "Nobody" });

        Assert.Equal(NotSentKind.Refused, Assert.IsType<PlaceOutcome.NotSent>(outcome).Kind);
    }

    private static async Task AssertSentAsync(string path, string test, Placement placement)
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId" : "wp9RPWDGZkskBrVeTc4lgNCc4e79fc65"}""");

        var outcome = await rig.PlaceAsync(Name, placement);

        Assert.Equal(new PlaceOutcome.Accepted("wp9RPWDGZkskBrVeTc4lgNCc4e79fc65"), outcome);
        Assert.Equal($"https://lanck.example/v1/{path}", rig.Upstream.Only.Address);
        Contract.AssertSame(
            Contract.Read("Lanck", test, "request", ("callbackUrl", rig.Callbacks.For(Name, placement.Attempt))),
            Contract.Form(rig.Upstream.Only.Body));
    }

    private static Placement Message(
        Channel channel, string? text, params (string Name, string Value)[] options) => ProviderRig.Call(null) with
        {
            Channel = channel,
            Text = text,
            Options = options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal),
        };
}
