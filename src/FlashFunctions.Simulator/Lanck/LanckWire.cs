using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>The answer to an accepted request; <paramref name="From"/> only for a flash call.</summary>
internal sealed record LanckAccepted(string RequestId, string? From = null);

/// <summary>The answer to a check. Assumed: the source document does not show it.</summary>
internal sealed record LanckChecked(string RequestId, string Status, bool Verified);

/// <summary>What is known about a request. The result of an HLR lookup is one without a payload.</summary>
internal sealed record LanckInfo(
    string Id,
    string Product,
    string Number,
    string? Mccmnc,
    string? Network,
    string? Country,
    string Status,
    long CreatedAt,
    IReadOnlyDictionary<string, string>? Payload);

/// <summary>The result of a fraud check.</summary>
internal sealed record LanckFraudCheck(string Status, bool MobilePrefix);

/// <summary>A delivery report; the call fields are of calls only. Times are unix seconds.</summary>
internal sealed record LanckCallback(string RequestId, string Number, string? Mccmnc, string Status, long Timestamp)
{
    public int? SipStatus { get; init; }

    public long? CallCreatedAt { get; init; }

    public long? CallRingStartedAt { get; init; }

    public long? CallAnsweredAt { get; init; }

    public long? CallEndedAt { get; init; }

    public bool? Billable { get; init; }

    public long? Duration { get; init; }
}

/// <summary>A message to one of the account's own numbers.</summary>
internal sealed record LanckInboundSms(string From, string To, string MessageId, string Text, long Timestamp, int Parts);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LanckAccepted))]
[JsonSerializable(typeof(LanckChecked))]
[JsonSerializable(typeof(LanckInfo))]
[JsonSerializable(typeof(LanckFraudCheck))]
[JsonSerializable(typeof(LanckCallback))]
[JsonSerializable(typeof(LanckInboundSms))]
internal sealed partial class LanckJson : JsonSerializerContext;
