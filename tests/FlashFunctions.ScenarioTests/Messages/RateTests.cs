using FlashFunctions.Core.Storage;
using FlashFunctions.ScenarioTests.Harness;
using FlashFunctions.Simulator;

namespace FlashFunctions.ScenarioTests.Messages;

/// <summary>The provider's 30 requests a second are kept by waiting, not by failing.</summary>
public sealed class RateTests
{
    private const int Messages = 120;

    /// <summary>As many jobs as a host works off at once: host.json's batch and what it fetches ahead.</summary>
    private const int AtOnce = 96;

    [Fact]
    public async Task A_hundred_and_twenty_messages_are_sent_without_a_refusal()
    {
        await using var service = await TestService.StartAsync(
            new Settings { ["Providers:Lanck:RequestsPerSecond"] = "28" },
            lanck: new SimulatedLanckOptions { RequestsPerSecond = 30 });
        for (var message = 0; message < Messages; message++)
        {
            var answer = await service.PostAsync(
                "/v1/sms", $$"""{"number":"+3725300{{1000 + message % 50 + message / 50 * 100}}","text":"Hello"}""");
            Assert.Equal(202, answer.Status);
        }

        var began = service.Clock.GetUtcNow();
        while (Upstream.To(service, "sms").Count < Messages)
        {
            var deliveries = Enumerable.Range(0, AtOnce).Select(_ => service.Host.DeliverOneAsync(QueueNames.Dispatch));
            if (!(await service.UnstickAsync(Task.WhenAll(deliveries))).Contains(true))
            {
                // Those that would have waited too long come back.
                service.Clock.Advance(TimeSpan.FromMilliseconds(100));
            }
        }

        var sent = Upstream.To(service, "sms");
        Assert.Equal(Messages, sent.Count);
        Assert.All(sent, request => Assert.Equal(200, request.Status));
        Assert.InRange((service.Clock.GetUtcNow() - began).TotalSeconds, (Messages / 30.0) - 1, 60);
    }
}
