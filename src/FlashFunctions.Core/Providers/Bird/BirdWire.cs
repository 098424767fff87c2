using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>Exactly the documented fields: one more is a 422.</summary>
/// <param name="RingTimeout">Seconds, 3 to 120.</param>
internal sealed record CreateFlashCall(string To, string? From, int RingTimeout);

internal sealed record HangupFlashCall(string Result);

internal sealed record HangupFlashCallFromTo(string From, string To, string Result);

/// <summary>The call resource, as far as it is used.</summary>
internal sealed record BirdCall(
    [property: JsonConverter(typeof(LooseText))] string? Id,
    [property: JsonConverter(typeof(LooseText))] string? From,
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? UpdatedAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CreatedAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? RingingAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? AnsweredAt,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? EndedAt,
    [property: JsonConverter(typeof(LooseNumber))] long? Duration);

/// <summary>Assumed: the webhook's envelope.</summary>
internal sealed record BirdEnvelope(
    [property: JsonConverter(typeof(LooseText))] string? Service,
    [property: JsonConverter(typeof(LooseText))] string? Event,
    BirdCall? Payload);

internal sealed record BirdError([property: JsonConverter(typeof(LooseText))] string? Code, JsonElement Details);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    PropertyNameCaseInsensitive = true,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CreateFlashCall))]
[JsonSerializable(typeof(HangupFlashCall))]
[JsonSerializable(typeof(HangupFlashCallFromTo))]
[JsonSerializable(typeof(BirdCall))]
[JsonSerializable(typeof(BirdEnvelope))]
[JsonSerializable(typeof(BirdError))]
internal sealed partial class BirdJson : JsonSerializerContext;
