using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Hands a whole failover flow to Lanck, which goes from message to message by itself.</summary>
internal sealed class LanckFailover(
    LanckClient client,
    CallbackAddresses callbacks,
    [FromKeyedServices(LanckProvider.ProviderName)] ProviderPipeline pipeline)
{
    private static readonly Dictionary<Channel, string> Types = new()
    {
        [Channel.Push] = "push",
        [Channel.Viber] = "viber",
        [Channel.Rcs] = "rcs",
        [Channel.Sms] = "sms",
    };

    public async Task<PlaceOutcome> SendAsync(Placement placement, CancellationToken cancellationToken)
    {
        var steps = placement.Flow;
        if (steps.Count == 0 || steps.Any(step => !Types.ContainsKey(step.Channel)))
        {
            return Outcomes.Refused("a failover flow is of push, Viber, RCS and SMS messages");
        }

        var flow = new LanckFlow(placement.To.E164, [.. steps.Select(Step)], callbacks.For(LanckProvider.ProviderName, placement.Attempt));
        return await pipeline.PlaceAsync(
            placement,
            async token => Outcomes.Place(await client.FailoverAsync(flow, token), LanckAnswers.Taken, SharedErrors.Place),
            cancellationToken);
    }

    private static LanckFlowStep Step(FlowMessage step) => new(
        Types[step.Channel],
        new LanckFlowMessage(
            step.Text,
            step.Channel is Channel.Viber or Channel.Sms ? step.From : null,
            Option(step, Channel.Push, "title"),
            Option(step, Channel.Viber, "buttonCaption"),
            Option(step, Channel.Viber, "buttonActionUrl"),
            Option(step, Channel.Viber, "imageUrl")),
        step.Wait is { } wait ? new LanckFlowFailover((int)wait.TotalSeconds, step.UntilRead ? "read" : "delivered") : null);

    private static string? Option(FlowMessage step, Channel channel, string name) =>
        step.Channel == channel ? step.Options.GetValueOrDefault(name) : null;
}

/// <summary>A message of a failover flow, in the source document's words.</summary>
internal sealed record LanckFlowMessage(
    string Text,
    string? From = null,
    string? Title = null,
    string? ButtonCaption = null,
    string? ButtonActionUrl = null,
    string? ImageUrl = null);
