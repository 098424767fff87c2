using System.Text.Json;

namespace FlashFunctions.Cli.Service;

/// <summary>Puts a refusal of the service into one line.</summary>
internal static class Refusal
{
    /// <summary>The line, or null where the body is no refusal.</summary>
    public static string? Of(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("errorCode", out var code)
            || !body.TryGetProperty("errorReason", out var reason))
        {
            return null;
        }

        var details = body.TryGetProperty("details", out var fields) && fields.ValueKind == JsonValueKind.Object
            ? string.Join(
                "; ", fields.EnumerateObject().SelectMany(field => field.Value.EnumerateArray().Select(why => $"{field.Name} {why}")))
            : "";
        return $"{reason} (errorCode {code}){(details.Length > 0 ? $": {details}" : "")}".ReplaceLineEndings(" ");
    }
}
