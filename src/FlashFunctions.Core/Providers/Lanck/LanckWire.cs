using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

internal sealed record LanckTaken(
    [property: JsonConverter(typeof(LooseText))] string? RequestId,
    [property: JsonConverter(typeof(LooseText))] string? From);

internal sealed record LanckRequestInfo(
    [property: JsonConverter(typeof(LooseText))] string? Id,
    [property: JsonConverter(typeof(LooseText))] string? Product,
    [property: JsonConverter(typeof(LooseText))] string? Mccmnc,
    [property: JsonConverter(typeof(LooseText))] string? Network,
    [property: JsonConverter(typeof(LooseText))] string? Country,
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CreatedAt);

internal sealed record LanckCallback(
    [property: JsonConverter(typeof(LooseText))] string? RequestId,
    [property: JsonConverter(typeof(LooseText))] string? Mccmnc,
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseText))] string? SipStatus,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? Timestamp,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CallCreatedAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CallRingStartedAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CallAnsweredAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CallEndedAt,
    [property: JsonConverter(typeof(LooseText))] string? Billable,
    [property: JsonConverter(typeof(LooseNumber))] long? Duration);

internal sealed record LanckFraudAnswer(
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseText))] string? MobilePrefix);

internal sealed record LanckInbound(
    [property: JsonConverter(typeof(LooseText))] string? MessageId,
    [property: JsonConverter(typeof(LooseText))] string? From,
    [property: JsonConverter(typeof(LooseText))] string? To,
    [property: JsonConverter(typeof(VerbatimText))] string? Text,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? Timestamp,
    [property: JsonConverter(typeof(LooseNumber))] long? Parts);

/// <summary>A failover flow: the one body that is JSON.</summary>
internal sealed record LanckFlow(string Number, IReadOnlyList<LanckFlowStep> Flow, string CallbackUrl)
{
    private static readonly Dictionary<Channel, string> Types = new()
    {
        [Channel.Push] = "push",
        [Channel.Viber] = "viber",
        [Channel.Rcs] = "rcs",
        [Channel.Sms] = "sms",
    };

    /// <summary>The flow of a placement; null when it is empty, or of something else than push, Viber, RCS and SMS.</summary>
    public static LanckFlow? For(Placement placement, string callbackUrl) =>
        placement.Flow is { Count: > 0 } messages && messages.All(message => Types.ContainsKey(message.Channel))
            ? new LanckFlow(placement.To.E164, [.. messages.Select(Step)], callbackUrl)
            : null;

    private static LanckFlowStep Step(FlowMessage message) => new(
        Types[message.Channel],
        new LanckFlowMessage(
            message.Text,
            message.Channel is Channel.Viber or Channel.Sms ? message.From : null,
            Option(message, Channel.Push, "title"),
            Option(message, Channel.Viber, "buttonCaption"),
            Option(message, Channel.Viber, "buttonActionUrl"),
            Option(message, Channel.Viber, "imageUrl")),
        message.Wait is { } wait ? new LanckFlowFailover((int)wait.TotalSeconds, message.UntilRead ? "read" : "delivered") : null);

    private static string? Option(FlowMessage message, Channel channel, string name) =>
        message.Channel == channel ? message.Options.GetValueOrDefault(name) : null;
}

internal sealed record LanckFlowStep(string Type, LanckFlowMessage Message, LanckFlowFailover? Failover);

internal sealed record LanckFlowMessage(
    string Text, string? From, string? Title, string? ButtonCaption, string? ButtonActionUrl, string? ImageUrl);

/// <summary>When to go on to the next message.</summary>
/// <param name="Wait">Seconds.</param>
/// <param name="Condition">delivered or read.</param>
internal sealed record LanckFlowFailover(int Wait, string Condition);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LanckTaken))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(LanckRequestInfo))]
[JsonSerializable(typeof(LanckCallback))]
[JsonSerializable(typeof(LanckFraudAnswer))]
[JsonSerializable(typeof(LanckInbound))]
[JsonSerializable(typeof(LanckFlow))]
internal sealed partial class LanckJson : JsonSerializerContext;
