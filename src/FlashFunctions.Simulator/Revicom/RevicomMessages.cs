using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Simulator;

/// <summary>The answer to messages and conversions.</summary>
internal sealed record RevicomResult(bool Errors, IReadOnlyList<RevicomItem> Items);

/// <summary>One item of the answer, in the order of the request.</summary>
/// <param name="MessageUuid">The id; null where the item failed.</param>
/// <param name="Code">201 when it was generated.</param>
/// <param name="Msg">Why it failed.</param>
internal sealed record RevicomItem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? MessageUuid,
    int Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Msg = null);

/// <summary>The callback: the source document names the events and leaves the rest out.</summary>
internal sealed record RevicomCallback(string MessageUuid, string Event, string Destination, string Time);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RevicomResult))]
[JsonSerializable(typeof(RevicomCallback))]
internal sealed partial class RevicomJson : JsonSerializerContext;

/// <summary>A readable message.</summary>
/// <param name="Destination">E.164 digits.</param>
/// <param name="Content">The code.</param>
/// <param name="Sender">Any string.</param>
/// <param name="CallbackUrl">Where to report to, or null.</param>
/// <param name="Events">The events to report.</param>
internal sealed record RevicomMessage(string Destination, string Content, string Sender, Uri? CallbackUrl, IReadOnlyList<string> Events)
{
    /// <summary>Without callbackEvents, only this is reported.</summary>
    public static IReadOnlyList<string> UsualEvents { get; } = ["delivered"];
}
