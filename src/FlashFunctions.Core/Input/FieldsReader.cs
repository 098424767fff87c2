using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.WebUtilities;

namespace FlashFunctions.Core.Input;

/// <summary>
/// Reads a body as its callers really send it: what begins with a brace is JSON whatever its content type says, anything else is a form.
/// </summary>
public static class FieldsReader
{
    private const int MostFormKeys = 100;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>The fields of a body of at most 64 KiB, or the refusal of it.</summary>
    public static Result<Fields> Read(ReadOnlyMemory<byte> body, string? contentType)
    {
        var first = body.Span.IndexOfAnyExcept(" \t\r\n"u8);
        if (first >= 0 && body.Span[first] == '{')
        {
            return ReadJson(body);
        }

        return first >= 0 && contentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true
            ? Refuse("must be a JSON object")
            : ReadForm(body);
    }

    /// <summary>The fields of a query string, or the refusal of it.</summary>
    public static Result<Fields> ReadQuery(string? query) => ReadForm(Encoding.UTF8.GetBytes(query?.TrimStart('?') ?? ""));

    internal static Fields OfText(string name, string value) =>
        new(null, new Dictionary<string, string>(StringComparer.Ordinal) { [name] = value });

    /// <summary>A property whose name is not text, a lone surrogate, is none of our fields.</summary>
    internal static Fields FromObject(JsonElement element) => new(
        element.EnumerateObject()
            .Select(property => (Name: NameOf(property), property.Value))
            .Where(property => property.Name is not null)
            .ToDictionary(property => property.Name!, property => property.Value, StringComparer.Ordinal),
        null);

    internal static JsonElement? ParseElement(string json)
    {
        try
        {
            return JsonElement.Parse(json, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The text of a JSON string; null where it is not text, a lone surrogate.</summary>
    internal static string? TextOf(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static Result<Fields> ReadJson(ReadOnlyMemory<byte> body)
    {
        if (!Utf8.IsValid(body.Span))
        {
            return Refuse("is not valid UTF-8");
        }

        try
        {
            return FromObject(JsonElement.Parse(body.Span, Strict));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            return Refuse("is not valid JSON");
        }
    }

    private static Result<Fields> ReadForm(ReadOnlyMemory<byte> body)
    {
        var form = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in new QueryStringEnumerable(Encoding.UTF8.GetString(body.Span)))
        {
            var name = pair.DecodeName().Span.Trim().ToString();
            if (!form.TryAdd(name, pair.DecodeValue().ToString()))
            {
                return Problem.Invalid(IsPlain(name) ? name : "body", "is given twice");
            }

            if (form.Count > MostFormKeys)
            {
                return Refuse($"has more than {MostFormKeys} fields");
            }
        }

        return new Fields(null, form);
    }

    /// <summary>Whether a field's name may be repeated in an answer.</summary>
    internal static bool IsPlain(string name) => name.Length is > 0 and <= 40 && name.All(char.IsAsciiLetterOrDigit);

    private static Problem Refuse(string why) => Problem.Invalid("body", why);
}
