using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>One message of the array that is sent.</summary>
/// <param name="Destination">Digits without a plus.</param>
/// <param name="Content">The code, as text: leading zeros stay.</param>
internal sealed record RevicomMessage(
    string ChannelType,
    string SenderName,
    string Destination,
    string Content,
    string CallbackUrl,
    IReadOnlyList<string> CallbackEvents,
    IReadOnlyList<string>? Tags);

/// <summary>The document also has an optional <c>code</c>; it is left out, so that no code travels through a queue.</summary>
internal sealed record RevicomConversion(string MessageUuid, string Result);

/// <summary>One item a message, in order. <c>errors</c> is only a summary of them.</summary>
internal sealed record RevicomAnswer(IReadOnlyList<RevicomItem?>? Items);

internal sealed record RevicomItem(string? MessageUuid, long? Code);

internal sealed record RevicomFailure(RevicomError? Error);

internal sealed record RevicomError(long? Code, string? Msg);

/// <summary>Assumed: the source document does not show a callback's body.</summary>
internal sealed record RevicomCallback(string? MessageUuid, string? Event, string? Status, DateTimeOffset? Time, DateTimeOffset? Timestamp);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, AllowTrailingCommas = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(LooseText), typeof(LooseNumber), typeof(LooseTime)])]
[JsonSerializable(typeof(RevicomMessage[]))]
[JsonSerializable(typeof(RevicomConversion[]))]
[JsonSerializable(typeof(RevicomAnswer))]
[JsonSerializable(typeof(RevicomFailure))]
[JsonSerializable(typeof(RevicomCallback))]
[JsonSerializable(typeof(RevicomCallback[]))]
internal sealed partial class RevicomJson : JsonSerializerContext;
