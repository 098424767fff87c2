using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

internal sealed record LanckTaken(string? RequestId, string? From);

internal sealed record LanckRequestInfo(
    string? Id, string? Product, string? Mccmnc, string? Network, string? Country, string? Status);

internal sealed record LanckCallback(
    string? RequestId,
    string? Mccmnc,
    string? Status,
    string? SipStatus,
    DateTimeOffset? Timestamp,
    DateTimeOffset? CallCreatedAt,
    DateTimeOffset? CallRingStartedAt,
    DateTimeOffset? CallAnsweredAt,
    DateTimeOffset? CallEndedAt,
    string? Billable,
    long? Duration);

internal sealed record LanckFraudAnswer(string? Status, string? MobilePrefix);

internal sealed record LanckInbound(
    string? MessageId,
    string? From,
    string? To,
    [property: JsonConverter(typeof(VerbatimText))] string? Text,
    DateTimeOffset? Timestamp,
    long? Parts);

/// <summary>One call or message in Lanck's words: the operation's path and its form.</summary>
internal sealed record LanckOperation(string Path, (string Name, string? Value)[] Fields)
{
    /// <summary>The operation for a placement; null when it lacks what the channel needs.</summary>
    public static LanckOperation? For(Placement placement, string callbackUrl)
    {
        var hasText = !string.IsNullOrWhiteSpace(placement.Text);
        var (text, from) = (("text", placement.Text), ("from", placement.From));
        return placement.Channel switch
        {
            // from and code exclude each other: an account that names the number that rings does without a code of ours.
            Channel.Call when placement.From is not null => Operation("calls/flash", from),
            Channel.Call when placement.Code is null || IsCode(placement.Code) => Operation("calls/flash", ("code", placement.Code)),
            Channel.Voice when IsCode(placement.Code) && Language(SpokenLanguages.OfCodes) is { } language =>
                Operation("calls/p2s", ("code", placement.Code), Caller(), ("language", language)),
            Channel.Speech when hasText && Language(SpokenLanguages.OfTexts) is { } language =>
                Operation("calls/t2s", text, Caller(), ("language", language)),
            Channel.Sms when hasText => Operation("sms", text, from),
            Channel.Push when hasText => Operation("messaging/push", text, Option("title")),
            Channel.Viber when hasText =>
                Operation("messaging/viber", text, from, Option("buttonCaption"), Option("buttonActionUrl"), Option("imageUrl")),
            Channel.Rcs when hasText => Operation("messaging/rcs", text),
            _ => null,
        };

        LanckOperation Operation(string path, params ReadOnlySpan<(string Name, string? Value)> fields) =>
            new(path, [("number", placement.To.E164), .. fields, ("callbackUrl", callbackUrl)]);

        (string Name, string? Value) Option(string name) => (name, placement.Options.GetValueOrDefault(name));

        // A call cannot come from a sender's name, which a workflow that falls back from SMS may well carry.
        (string Name, string? Value) Caller() => ("from", ProviderText.Digits(placement.From));

        string? Language(FrozenSet<string> known) =>
            known.Contains(placement.Language ?? SpokenLanguages.Default) ? placement.Language ?? SpokenLanguages.Default : null;
    }

    /// <summary>Never the form, which holds the code.</summary>
    public override string ToString() => Path;

    private static bool IsCode(string? code) => code is { Length: >= 4 and <= 6 } && code.All(char.IsAsciiDigit);
}

/// <summary>A failover flow: the one body that is JSON.</summary>
internal sealed record LanckFlow(string Number, IReadOnlyList<LanckFlowStep> Flow, string CallbackUrl)
{
    /// <summary>The flow of a placement; null when it is empty, or of something else than push, Viber, RCS and SMS.</summary>
    public static LanckFlow? For(Placement placement, string callbackUrl) =>
        placement.Flow is { Count: > 0 } messages && messages.All(message => ApiNames.FlowTypes.Values.Contains(message.Channel))
            ? new LanckFlow(placement.To.E164, [.. messages.Select(Step)], callbackUrl)
            : null;

    private static LanckFlowStep Step(FlowMessage message) => new(
        ApiNames.Of(message.Channel),
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
    JsonSerializerDefaults.Web, AllowTrailingCommas = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LooseText), typeof(LooseNumber), typeof(LooseTime)])]
[JsonSerializable(typeof(LanckTaken))]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(LanckRequestInfo))]
[JsonSerializable(typeof(LanckCallback))]
[JsonSerializable(typeof(LanckFraudAnswer))]
[JsonSerializable(typeof(LanckInbound))]
[JsonSerializable(typeof(LanckFlow))]
internal sealed partial class LanckJson : JsonSerializerContext;
