using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>The FlashCall resource.</summary>
internal sealed record BirdResource(string Id, string ChannelId, string From, string To, string Status, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public int? RingTimeout { get; init; }

    public BirdPrice? AttemptPrice { get; init; }

    public BirdPrice? ConnectionPrice { get; init; }

    public string? Reason { get; init; }

    public int? Duration { get; init; }

    public DateTimeOffset? RingingAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

internal sealed record BirdPrice(int Amount, int Exponent, string Currency);

/// <summary>What ends a call.</summary>
internal sealed record BirdHangup(string? ReceivedCli, string? Result);

/// <summary>Both error schemas: details are messages by JSON path where the request was invalid.</summary>
internal sealed record BirdError(string Code, string Message, IReadOnlyDictionary<string, string[]>? Details = null);

/// <summary>The envelope of the webhook.</summary>
internal sealed record BirdEvent(string Service, string Event, BirdResource Payload);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BirdResource))]
[JsonSerializable(typeof(BirdHangup))]
[JsonSerializable(typeof(BirdError))]
[JsonSerializable(typeof(BirdEvent))]
internal sealed partial class BirdJson : JsonSerializerContext;
