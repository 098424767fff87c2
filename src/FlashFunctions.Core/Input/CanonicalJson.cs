using System.Text.Json;

namespace FlashFunctions.Core.Input;

/// <summary>
/// A JSON value in the way in which a form would write it: a text without its quotes, nothing for null, lists and objects as they came.
/// </summary>
internal static class CanonicalJson
{
    public static string Write(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => (FieldsReader.TextOf(element) ?? element.GetRawText()).Trim(),
        _ => element.GetRawText(),
    };
}
