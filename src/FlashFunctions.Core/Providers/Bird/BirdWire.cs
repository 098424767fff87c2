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
    string? Id,
    string? From,
    string? Status,
    DateTimeOffset? UpdatedAt,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? RingingAt,
    DateTimeOffset? AnsweredAt,
    DateTimeOffset? EndedAt,
    long? Duration);

/// <summary>Assumed: the webhook's envelope.</summary>
internal sealed record BirdEnvelope(string? Event, BirdCall? Payload);

internal sealed record BirdError(string? Code, JsonElement Details);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, AllowTrailingCommas = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LooseText), typeof(LooseNumber), typeof(LooseTime)])]
[JsonSerializable(typeof(CreateFlashCall))]
[JsonSerializable(typeof(HangupFlashCall))]
[JsonSerializable(typeof(HangupFlashCallFromTo))]
[JsonSerializable(typeof(BirdCall))]
[JsonSerializable(typeof(BirdEnvelope))]
[JsonSerializable(typeof(BirdError))]
internal sealed partial class BirdJson : JsonSerializerContext;
