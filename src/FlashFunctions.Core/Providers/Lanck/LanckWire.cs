using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

internal sealed record LanckTaken(
    [property: JsonConverter(typeof(LooseText))] string? RequestId,
    [property: JsonConverter(typeof(LooseText))] string? From);

internal sealed record LanckCheckAnswer(
    [property: JsonConverter(typeof(LooseText))] string? Status,
    [property: JsonConverter(typeof(LooseText))] string? Result,
    [property: JsonConverter(typeof(LooseText))] string? Verified);

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
    [property: JsonConverter(typeof(LooseTime))] DateTimeOffset? CallCreatedAt);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true, AllowTrailingCommas = true)]
[JsonSerializable(typeof(LanckTaken))]
[JsonSerializable(typeof(LanckCheckAnswer))]
[JsonSerializable(typeof(LanckRequestInfo))]
[JsonSerializable(typeof(LanckCallback))]
internal sealed partial class LanckJson : JsonSerializerContext;
