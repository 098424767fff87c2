using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;

namespace FlashFunctions.Core.Callbacks;

/// <summary>An SMS to a number that an account rents, and how far its forwarding got.</summary>
public sealed record InboundMessage
{
    /// <summary>Where it is kept; jobs refer to it by this.</summary>
    public required string Key { get; init; }

    public required InboundSms Sms { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Whose number it was sent to, once that has been looked up.</summary>
    public string? Account { get; init; }

    public Delivery Delivery { get; init; } = new();

    /// <summary>The id that the receiver knows it by, the same for every try.</summary>
    public string Id => $"sms-{Key}";

    /// <summary>Who sent it, in the one form of the number; null where that is no phone number.</summary>
    public PhoneNumber? Sender => NumberPlan.Instance.Read($"+{Sms.From.TrimStart('+')}", requireAssignedRange: false) is NumberReading.Valid valid
        ? valid.Number
        : null;

    /// <summary>Without the numbers and the text.</summary>
    public override string ToString() => $"InboundMessage({Key})";
}

/// <summary>What is forwarded: the source document's shape. The time is unix seconds.</summary>
public sealed record InboundBody(string From, string To, string MessageId, string Text, long Timestamp, long Parts)
{
    /// <summary>The bytes of a message: the same for every try.</summary>
    public static byte[] Write(InboundMessage message)
    {
        var sms = message.Sms;
        var body = new InboundBody(
            sms.From, sms.To, sms.MessageId, sms.Text, (sms.At ?? message.ReceivedAt).ToUnixTimeSeconds(), sms.Parts ?? 1);
        return ReadableJson.ToUtf8(body, InboundJson.Default.InboundBody);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(InboundMessage))]
[JsonSerializable(typeof(InboundBody))]
internal sealed partial class InboundJson : JsonSerializerContext;
