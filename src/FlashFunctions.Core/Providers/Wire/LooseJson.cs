using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Providers.Wire;

/// <summary>Reads a provider's JSON leniently; what cannot be read at all is null.</summary>
internal static class LooseJson
{
    public static T? TryRead<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(json.StartsWith(Encoding.UTF8.Preamble) ? json[3..] : json, type);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: bytes that are not UTF-8 inside a string.
            return null;
        }
    }

    /// <summary>
    /// The token's text, trimmed, whether it is a string or a number; null for anything else and for nothing but white space.
    /// </summary>
    public static string? Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!.Trim(),
            JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => "",
        };
        return text.Length == 0 ? null : text;
    }
}

/// <summary>A text that may come as a string or as a number, with white space around it.</summary>
internal sealed class LooseText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        LooseJson.Text(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>A text as it is, white space included; a number is read as its digits.</summary>
internal sealed class VerbatimText : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? reader.GetString() : LooseJson.Text(ref reader);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>A whole number that may come as a number or as a string; null when it is neither.</summary>
internal sealed class LooseNumber : JsonConverter<long?>
{
    public override bool HandleNull => true;

    public override long? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        long.TryParse(LooseJson.Text(ref reader), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public override void Write(Utf8JsonWriter writer, long? value, JsonSerializerOptions options) => throw new NotSupportedException();
}

/// <summary>
/// A time: unix seconds, unix milliseconds (told apart by size) or ISO 8601, as a number or a string; null when it is none of them.
/// </summary>
internal sealed class LooseTime : JsonConverter<DateTimeOffset?>
{
    // 1e11 s is the year 5138 and 1e11 ms is 1973, so nothing real lies on the wrong side.
    private const double FirstMilliseconds = 1e11;
    private const double LastMilliseconds = 253402300799999;

    public override bool HandleNull => true;

    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(LooseJson.Text(ref reader));

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    private static DateTimeOffset? Parse(string? text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            var milliseconds = number < FirstMilliseconds ? number * 1000 : number;
            return milliseconds is > 0 and <= LastMilliseconds ? DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds) : null;
        }

        const DateTimeStyles Universal = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Universal, out var time) ? time : null;
    }
}

/// <summary>What may be kept of a provider's own words.</summary>
internal static class ProviderText
{
    private const int Longest = 40;

    /// <summary>A status as <see cref="ProviderEvent.RawStatus"/> allows it.</summary>
    public static string Status(string? status) => Keep(status, static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>The letters of an error's code or message: enough to know it by, and no digit of a number or a code.</summary>
    public static string Letters(string? text) => Keep(text, static letter => char.IsAsciiLetter(letter) || letter is ' ');

    /// <summary>A caller number as bare digits, or null when it is not one.</summary>
    public static string? Digits(string? number)
    {
        var digits = number?.Trim().TrimStart('+');
        return digits is { Length: >= 7 and <= 15 } && digits.All(char.IsAsciiDigit) ? digits : null;
    }

    /// <summary>How long something took, or null when that makes no sense.</summary>
    public static int? Seconds(long? seconds) => seconds is >= 0 and <= int.MaxValue ? (int)seconds : null;

    private static string Keep(string? text, Func<char, bool> allowed) => string.Concat((text ?? "").Where(allowed).Take(Longest));
}
