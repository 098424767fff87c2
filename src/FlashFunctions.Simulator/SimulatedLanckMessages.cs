namespace FlashFunctions.Simulator;

/// <summary>A message that is sent to one of the account's own numbers.</summary>
/// <param name="From">The sender, E.164 digits.</param>
/// <param name="To">The account's number, E.164 digits.</param>
/// <param name="Text">The message.</param>
public sealed record SimulatedInboundSms(string From, string To, string Text)
{
    /// <summary>Identifies the message over its repetitions; null makes one.</summary>
    public string? MessageId { get; init; }

    /// <summary>Parts of a long message. Default 1.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>True: with the comma before the closing brace that the source document's example has.</summary>
    public bool TrailingComma { get; init; }
}

/// <summary>The answer to an accepted request; <paramref name="From"/> only for a flash call.</summary>
internal sealed record SimulatedLanckAccepted(string RequestId, string? From = null);

/// <summary>The answer to a check. Assumed: the source document does not show it.</summary>
internal sealed record SimulatedLanckChecked(string RequestId, string Status, bool Verified);

/// <summary>What is known about a request. The result of an HLR lookup is one without a payload.</summary>
internal sealed record SimulatedLanckInfo(
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
internal sealed record SimulatedLanckFraudCheck(string Status, bool MobilePrefix);

/// <summary>A delivery report; the call fields are of calls only. Times are unix seconds.</summary>
internal sealed record SimulatedLanckCallback(string RequestId, string Number, string? Mccmnc, string Status, long Timestamp)
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
internal sealed record SimulatedLanckInboundSms(string From, string To, string MessageId, string Text, long Timestamp, int Parts);
