using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Unibell;

/// <summary>One call.</summary>
/// <param name="Number">E.164, ASCII.</param>
/// <param name="Code">A JSON number: a leading zero would be lost.</param>
/// <param name="Timeout">The longest the call may ring, in milliseconds.</param>
internal sealed record FlashCallRequest(string Number, int Code, int Timeout);

internal sealed record FlashCallAnswer(
    [property: JsonConverter(typeof(LooseText))] string? RequestId,
    [property: JsonConverter(typeof(LooseText))] string? From);

internal sealed record UnibellCallback(
    [property: JsonConverter(typeof(LooseText))] string? RequestId,
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? Timestamp,
    [property: JsonConverter(typeof(LooseText))] string? AppKey);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, AllowTrailingCommas = true)]
[JsonSerializable(typeof(FlashCallRequest))]
[JsonSerializable(typeof(FlashCallAnswer))]
[JsonSerializable(typeof(UnibellCallback))]
internal sealed partial class UnibellJson : JsonSerializerContext;
