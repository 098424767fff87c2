using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FlashFunctions.ScenarioTests.Contract;

/// <summary>
/// Holds values against the document's schemas: the keywords of JSON Schema 2020-12 that the document uses, and an exception for any
/// other. Objects are closed here: callers are told to pass over fields that they do not know, but a field that the document does not
/// know is a mistake in it.
/// </summary>
public sealed class ContractSchemas(Func<JsonNode, JsonObject> resolve)
{
    /// <summary>What is wrong with a value by a schema of the document; empty where it is right.</summary>
    public IReadOnlyList<string> Faults(JsonNode schema, JsonElement value)
    {
        var faults = new List<string>();
        Check(schema, value, "$", faults);
        return faults;
    }

    private void Check(JsonNode schema, JsonElement value, string at, List<string> faults)
    {
        var rules = resolve(schema);
        foreach (var (keyword, rule) in rules)
        {
            var fault = keyword switch
            {
                "description" or "default" or "examples" or "format" => null,
                "type" => IsOneOfTypes(rule!, value) ? null : $"is {value.ValueKind}, not {rule}",
                "enum" => rule!.AsArray().Any(one => JsonElement.DeepEquals(Element(one), value))
                    ? null
                    : $"{value} is not among {rule.ToJsonString()}",
                "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule!.GetValue<decimal>()
                    ? null
                    : $"{value} is less than {rule}",
                "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule!.GetValue<decimal>()
                    ? null
                    : $"{value} is more than {rule}",
                "minLength" => Length(value) is null || Length(value) >= rule!.GetValue<int>() ? null : $"is shorter than {rule}",
                "maxLength" => Length(value) is null || Length(value) <= rule!.GetValue<int>() ? null : $"is longer than {rule}",
                "pattern" => IsLike(rule!.GetValue<string>(), value) ? null : $"{value} does not match {rule}",
                "minItems" => Count(value) is null || Count(value) >= rule!.GetValue<int>() ? null : $"has fewer than {rule}",
                "maxItems" => Count(value) is null || Count(value) <= rule!.GetValue<int>() ? null : $"has more than {rule}",
                "required" => Missing(rule!, value) is { Length: > 0 } missing ? $"has no {missing}" : null,
                "oneOf" => rule!.AsArray().Count(one => Faults(one!, value).Count == 0) == 1
                    ? null
                    : "is not exactly one of the alternatives",
                "not" => Faults(rule!, value).Count > 0 ? null : "is what it must not be",
                "items" => CheckItems(rule!, value, at, faults),
                "properties" => CheckProperties(rules, value, at, faults),
                "additionalProperties" => rules.ContainsKey("properties") ? null : CheckProperties(rules, value, at, faults),
                "$ref" => throw new InvalidOperationException($"A reference was not followed at {at}."),
                _ => throw new NotSupportedException($"The tests do not know the keyword {keyword}."),
            };
            if (fault is not null)
            {
                faults.Add($"{at} {fault}");
            }
        }
    }

    private string? CheckItems(JsonNode items, JsonElement value, string at, List<string> faults)
    {
        for (var index = 0; index < (Count(value) ?? 0); index++)
        {
            Check(items, value[index], $"{at}[{index}]", faults);
        }

        return null;
    }

    private string? CheckProperties(JsonObject rules, JsonElement value, string at, List<string> faults)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var others = rules["additionalProperties"];
        foreach (var property in value.EnumerateObject())
        {
            if ((rules["properties"]?[property.Name] ?? others as JsonObject) is { } schema)
            {
                Check(schema, property.Value, $"{at}.{property.Name}", faults);
            }
            else if (others?.GetValueKind() != JsonValueKind.True)
            {
                faults.Add($"{at} has an undocumented {property.Name}");
            }
        }

        return null;
    }

    private static bool IsOneOfTypes(JsonNode rule, JsonElement value) =>
        rule is JsonArray types ? types.Any(type => IsOfType(type!.GetValue<string>(), value)) : IsOfType(rule.GetValue<string>(), value);

    private static bool IsOfType(string type, JsonElement value) => type switch
    {
        "integer" => value.ValueKind == JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        "number" => value.ValueKind == JsonValueKind.Number,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        "array" => value.ValueKind == JsonValueKind.Array,
        "object" => value.ValueKind == JsonValueKind.Object,
        _ => throw new NotSupportedException($"There is no type {type}."),
    };

    private static bool IsLike(string pattern, JsonElement value) => value.ValueKind != JsonValueKind.String
        || Regex.IsMatch(value.GetString()!, pattern, RegexOptions.CultureInvariant | RegexOptions.ECMAScript, TimeSpan.FromSeconds(1));

    private static string Missing(JsonNode names, JsonElement value) => value.ValueKind != JsonValueKind.Object
        ? ""
        : string.Join(", ", names.AsArray().Select(name => name!.GetValue<string>()).Where(name => !value.TryGetProperty(name, out _)));

    private static int? Length(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()!.EnumerateRunes().Count() : null;

    private static int? Count(JsonElement value) => value.ValueKind == JsonValueKind.Array ? value.GetArrayLength() : null;

    private static JsonElement Element(JsonNode? node) => JsonElement.Parse(node?.ToJsonString() ?? "null");
}
