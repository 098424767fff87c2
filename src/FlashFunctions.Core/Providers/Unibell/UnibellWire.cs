using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Unibell;

/// <summary>One call.</summary>
/// <param name="Number">E.164, ASCII.</param>
/// <param name="Code">A JSON number: a leading zero would be lost.</param>
/// <param name="Timeout">The longest the call may ring, in milliseconds.</param>
internal sealed record FlashCallRequest(string Number, int Code, int Timeout);

internal sealed record FlashCallAnswer(string? RequestId, string? From);

internal sealed record UnibellCallback(string? RequestId, string? Status, DateTimeOffset? Timestamp, string? AppKey);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, AllowTrailingCommas = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LooseText), typeof(LooseNumber), typeof(LooseTime)])]
[JsonSerializable(typeof(FlashCallRequest))]
[JsonSerializable(typeof(FlashCallAnswer))]
[JsonSerializable(typeof(UnibellCallback))]
internal sealed partial class UnibellJson : JsonSerializerContext;
