using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Cli.Output;

/// <summary>Reads what is to be shown out of the service's JSON; what is absent reads as empty.</summary>
internal static class JsonReading
{
    /// <summary>A text, a number or a flag as text.</summary>
    public static string Text(this JsonElement json, string name) => json.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Null => "",
            JsonValueKind.True => "yes",
            JsonValueKind.False => "no",
            _ => value.GetRawText(),
        }
        : "";

    /// <summary>A time in unix milliseconds.</summary>
    public static long? Milliseconds(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var milliseconds)
            ? milliseconds
            : null;

    /// <summary>A time (UTC).</summary>
    public static string Time(this JsonElement json, string name) => json.Milliseconds(name) is { } at
        ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : "";

    public static double? Number(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    public static string Percent(this JsonElement json, string name) =>
        json.Number(name) is { } share ? string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %") : "";

    public static IEnumerable<JsonElement> Items(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [];

    public static string Texts(this JsonElement json, string name) => string.Join(", ", json.Items(name).Select(item => item.ToString()));

    public static string Money(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object
            ? string.Create(CultureInfo.InvariantCulture, $"{value.Text("amount")} {value.Text("currency")}")
            : "";
}

/// <summary>Why there is no answer of the service to print.</summary>
internal sealed record NoAnswer(string ErrorReason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(NoAnswer))]
[JsonSerializable(typeof(string))]
internal sealed partial class CliJson : JsonSerializerContext;
