using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Providers.Lanck;
using Microsoft.Extensions.DependencyInjection;

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
            new FailoverStep(Channel.Push, new FailoverMessage(Text, Title: "Hello"), TimeSpan.FromSeconds(30)),
            new FailoverStep(Channel.Viber, new FailoverMessage(Text, From: "Hello"), TimeSpan.FromSeconds(120), UntilRead: true),
            new FailoverStep(Channel.Sms, new FailoverMessage(Text, From: "Hello")));

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
        Assert.IsType<PlaceOutcome.NotSent>(await SendAsync(rig, new FailoverStep(Channel.Call, new FailoverMessage("text"))));
        Assert.Empty(rig.Upstream.Requests);
    }

    [Fact]
    public async Task An_unclear_answer_is_not_repeated()
    {
        await using var rig = new ProviderRig(ProviderRig.Lanck);
        rig.Upstream.Answer(500);

        Assert.IsType<PlaceOutcome.Unclear>(await SendAsync(rig, new FailoverStep(Channel.Sms, new FailoverMessage("text"))));
        Assert.Single(rig.Upstream.Requests);
    }

    private static Task<PlaceOutcome> SendAsync(ProviderRig rig, params FailoverStep[] steps)
    {
        var (attempt, to) = (ProviderRig.Call(null).Attempt, ProviderRig.Call(null).To);
        return rig.PassTimeAsync(rig.Services.GetRequiredService<LanckFailover>().SendAsync(attempt, to, steps, CancellationToken.None));
    }
}
