using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;

namespace FlashFunctions.Tests.Providers.Lanck;

public sealed class LanckFailoverTests
{
    [Fact]
    public async Task A_failover_flow_is_sent()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(200, """{"requestId": "1"}""");
        const string Text = "Your order #29211 received";

        var outcome = await SendAsync(
            rig,
            new FlowMessage(Channel.Push, Text, null, Options(("title", "Hello")), TimeSpan.FromSeconds(30)),
            new FlowMessage(Channel.Viber, Text, "Hello", Options(), TimeSpan.FromSeconds(120), UntilRead: true),
            new FlowMessage(Channel.Sms, Text, "Hello", Options(("title", "no title for an SMS"))));

        Assert.Equal(new PlaceOutcome.Accepted("1"), outcome);
        Assert.Equal("https://lanck.example/v1/messaging/failover", rig.Upstream.Only.Address);
        Assert.Equal("application/json", rig.Upstream.Only.Headers["Content-Type"]);
        Contract.AssertSame(
            Contract.Read(
                "Lanck",
                nameof(A_failover_flow_is_sent),
                "request",
                ("callbackUrl", rig.Callbacks.For("lanck", ProviderRig.Call(null).Attempt))),
            rig.Upstream.Only.Body);
    }

    [Fact]
    public async Task A_flow_of_nothing_or_of_calls_is_never_sent()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);

        Assert.IsType<PlaceOutcome.NotSent>(await SendAsync(rig));
        Assert.IsType<PlaceOutcome.NotSent>(await SendAsync(rig, new FlowMessage(Channel.Call, "text", null, Options())));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Fact]
    public async Task An_unclear_answer_is_not_repeated()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(500);

        Assert.IsType<PlaceOutcome.Unclear>(await SendAsync(rig, new FlowMessage(Channel.Sms, "text", null, Options())));
        Assert.Single(rig.Upstream.Requests);
    }

    private static Dictionary<string, string> Options(params (string Name, string Value)[] options) =>
        options.ToDictionary(option => option.Name, option => option.Value, StringComparer.Ordinal);

    private static Task<PlaceOutcome> SendAsync(ProviderRig rig, params FlowMessage[] steps) =>
        rig.PlaceAsync("lanck", ProviderRig.Call(null) with { Channel = Channel.Flow, Flow = steps });
}
