using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FlashFunctions.Bench.Fuzz;

/// <summary>Secrets that are planted in the input and then looked for in answers and logs.</summary>
internal static class Canary
{
    /// <summary>In text of messages: never in a log.</summary>
    public const string Text = "canary-text";

    /// <summary>In a device's id: neither in a log nor in an answer.</summary>
    public const string Device = "canary-device";

    /// <summary>In credentials: neither in a log nor in an answer.</summary>
    public const string Secret = "canary-secret";

    /// <summary>A code that the caller gives: neither in a log nor in an answer.</summary>
    public const string Code = "913572";
}

/// <summary>One call of the API.</summary>
internal sealed record FuzzCall(
    HttpMethod Method, string Path, byte[]? Body, string? ContentType, IReadOnlyList<(string Name, string Value)> Headers)
{
    public override string ToString() =>
        $"{Method} {Path} {string.Join(' ', Headers.Select(header => $"{header.Name}: {header.Value}"))} {ContentType} "
        + (Body is null ? "" : Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, 300))));
}

/// <summary>
/// Makes calls out of the OpenAPI document: each operation with the parameters and the body that its schemas describe, of which then none,
/// some or many places are spoiled, in the tree, in the text, or in the bytes.
/// </summary>
internal sealed class FuzzGrammar(JsonDocument contract, Func<Dice, string?> knownRequest)
{
    private const int DeepestValue = 6;

    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head"];

    private readonly JsonElement _root = contract.RootElement;

    private readonly (string Path, string Method, JsonElement Operation)[] _operations =
    [
        .. contract.RootElement.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
            .Where(operation => Methods.Contains(operation.Name))
            .Select(operation => (path.Name, operation.Name, operation.Value))),
    ];

    /// <summary>How many operations there are.</summary>
    public int Operations => _operations.Length;

    /// <summary>Makes a call. What the document says is followed, apart from what is spoiled.</summary>
    public FuzzCall Next(Dice dice, string credentials, string functionKey)
    {
        var (path, method, operation) = dice.Of(_operations);
        if (dice.Percent(50))
        {
            (path, method, operation) = dice.Of([.. _operations.Where(one => one.Path.StartsWith("/v1/", StringComparison.Ordinal))]);
        }

        var headers = new List<(string, string)>();
        var query = new List<string>();
        foreach (var parameter in Parameters(operation))
        {
            var name = parameter.GetProperty("name").GetString()!;
            var text = Text(Value(parameter.GetProperty("schema"), name, dice, 0), dice);
            switch (parameter.GetProperty("in").GetString())
            {
                case "path":
                    path = path.Replace($"{{{name}}}", PathValue(name, text, dice), StringComparison.Ordinal);
                    break;
                case "query" when dice.Percent(60):
                    query.Add($"{name}={Uri.EscapeDataString(text)}");
                    break;
                case "header" when dice.Percent(40):
                    headers.Add((name, OneLine(text)));
                    break;
            }
        }

        var (body, type) = Body(operation, dice);
        headers.AddRange(Credentials(path, credentials, functionKey, dice));
        var target = query.Count > 0 ? $"{path}?{string.Join('&', query)}" : path;
        return new FuzzCall(new HttpMethod(method.ToUpperInvariant()), target, body, type, headers);
    }

    private static IEnumerable<(string, string)> Credentials(string path, string credentials, string functionKey, Dice dice)
    {
        if (path.StartsWith("/manage", StringComparison.Ordinal))
        {
            return dice.Percent(95) ? [("x-functions-key", functionKey)] : [("x-functions-key", Canary.Secret)];
        }

        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        return dice.Below(100) switch
        {
            < 90 => [("Authorization", $"Basic {basic}")],
            < 93 => [("X-Authorization", $"AccessKey {credentials}")],
            < 95 => [("Authorization", $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"dev:{Canary.Secret}"))}")],
            < 96 => [("Authorization", $"Bearer {Canary.Secret}")],
            < 97 => [("X-Authorization", $"AccessKey {Canary.Secret}")],
            < 98 => [("Authorization", "Basic ====")],
            _ => [],
        };
    }

    private IEnumerable<JsonElement> Parameters(JsonElement operation) =>
        operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray().Select(Resolve) : [];

    private string PathValue(string name, string text, Dice dice) => name switch
    {
        "id" when dice.Percent(60) && knownRequest(dice) is { } id => id,
        "list" => "allow",
        _ when text.Length == 0 => "x", // An empty part of a path is another path.
        _ => Uri.EscapeDataString(text.Length > 200 ? text[..200] : text),
    };

    private (byte[]? Body, string? ContentType) Body(JsonElement operation, Dice dice)
    {
        if (!operation.TryGetProperty("requestBody", out var described))
        {
            return dice.Percent(10) ? (Encoding.UTF8.GetBytes(dice.Of(Spoiler.Nasty)), "application/json") : default;
        }

        var contents = Resolve(described).GetProperty("content").EnumerateObject().ToArray();
        var content = dice.Of(contents);
        var tree = Value(content.Value.GetProperty("schema"), "", dice, 0) as JsonObject ?? [];
        var spoiled = dice.Percent(60) ? dice.From(1, 4) : 0;
        byte[] body;
        if (content.Name == "application/json" || dice.Percent(10))
        {
            body = Encoding.UTF8.GetBytes(Spoiler.Tree(tree, dice, spoiled));
        }
        else
        {
            using var json = JsonDocument.Parse(Spoiler.Tree(tree, dice, spoiled > 0 ? 1 : 0, isTextSpoiled: false));
            body = Encoding.UTF8.GetBytes(string.Join('&', json.RootElement.EnumerateObject().Select(field =>
            {
                var value = Clean(Form(field.Value));
                return $"{Uri.EscapeDataString(Clean(field.Name))}={(dice.Percent(95) ? Uri.EscapeDataString(value) : value)}";
            })));
        }

        var type = dice.Percent(92)
            ? content.Name
            : dice.Of(["text/plain", "application/json; charset=utf-16", "nonsense", "multipart/form-data; boundary=x", ""]);
        return (dice.Percent(94) ? body : Spoiler.Bytes(body, dice), type.Length == 0 ? null : type);
    }

    private JsonElement Resolve(JsonElement element)
    {
        while (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/').Skip(1).Aggregate(_root, (current, part) => current.GetProperty(part));
        }

        return element;
    }

    /// <summary>A value that a schema describes.</summary>
    private JsonNode? Value(JsonElement schema, string name, Dice dice, int depth)
    {
        if (Planted(schema, name, dice) is { } planted)
        {
            return planted;
        }

        schema = Resolve(schema);
        foreach (var choice in (string[])["oneOf", "anyOf"])
        {
            if (schema.TryGetProperty(choice, out var choices))
            {
                return Value(dice.Of([.. choices.EnumerateArray()]), name, dice, depth);
            }
        }

        if (schema.TryGetProperty("allOf", out var parts))
        {
            return Merged([.. parts.EnumerateArray().Select(part => Value(part, name, dice, depth)), Object(schema, dice, depth)]);
        }

        if (schema.TryGetProperty("enum", out var values))
        {
            return JsonNode.Parse(dice.Of([.. values.EnumerateArray()]).GetRawText());
        }

        if (schema.TryGetProperty("examples", out var examples) && dice.Percent(50))
        {
            return JsonNode.Parse(dice.Of([.. examples.EnumerateArray()]).GetRawText());
        }

        return TypeOf(schema, dice) switch
        {
            "object" => Object(schema, dice, depth),
            "array" => Array(schema, name, dice, depth),
            "integer" or "number" => Number(schema, dice),
            "boolean" => dice.Percent(50),
            "null" => null,
            _ => Text(schema, dice),
        };
    }

    private JsonNode? Planted(JsonElement schema, string name, Dice dice)
    {
        var reference = schema.TryGetProperty("$ref", out var named) ? named.GetString()! : "";
        return (reference[(reference.LastIndexOf('/') + 1)..], name) switch
        {
            ("PhoneNumber", _) or (_, "number") => Phone(dice),
            ("RequestId", _) => knownRequest(dice) ?? "01KJQ0ZP407DZ9RMFGMBA4GVGK",
            ("Code", _) => dice.Percent(50) ? Canary.Code : dice.Digits(4),
            ("CallbackUrl", _) => dice.Percent(90) ? "https://192.0.2.1/callback" : "http://127.0.0.1:1/callback",
            (_, "text") when dice.Percent(90) => $"{Canary.Text} {dice.Digits(6)}",
            (_, "deviceId") => $"{Canary.Device}-{dice.Digits(6)}",
            _ => null,
        };
    }

    /// <summary>A number of a run, whose phone is not one that makes its provider answer slowly or not at all.</summary>
    private static string Phone(Dice dice)
    {
        var ending = dice.Percent(70) ? dice.Below(60) : dice.From(60, 99);
        return $"+49150{dice.Digits(6)}{(ending is >= 87 and <= 92 ? 1 : ending):D2}";
    }

    private JsonObject Object(JsonElement schema, Dice dice, int depth)
    {
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(one => one.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        var made = new JsonObject();
        if (depth >= DeepestValue || !schema.TryGetProperty("properties", out var properties))
        {
            return made;
        }

        foreach (var property in properties.EnumerateObject().Where(property => dice.Percent(required.Contains(property.Name) ? 97 : 30)))
        {
            made[property.Name] = Value(property.Value, property.Name, dice, depth + 1);
        }

        return made;
    }

    private static JsonObject Merged(IEnumerable<JsonNode?> parts)
    {
        var all = new JsonObject();
        foreach (var (key, value) in parts.OfType<JsonObject>().SelectMany(part => part))
        {
            all[key] = value?.DeepClone();
        }

        return all;
    }

    private JsonArray Array(JsonElement schema, string name, Dice dice, int depth)
    {
        var least = schema.TryGetProperty("minItems", out var min) ? min.GetInt32() : 0;
        var count = dice.Percent(95) ? dice.From(least, least + 2) : dice.From(0, 40);
        return schema.TryGetProperty("items", out var items) && depth < DeepestValue
            ? [.. Enumerable.Range(0, count).Select(_ => Value(items, name, dice, depth + 1))]
            : [];
    }

    private static JsonNode Number(JsonElement schema, Dice dice)
    {
        var least = schema.TryGetProperty("minimum", out var min) && min.TryGetInt64(out var first) ? first : 0;
        var most = schema.TryGetProperty("maximum", out var max) && max.TryGetInt64(out var last) ? last : least + 1_000;
        return dice.Below(10) switch
        {
            0 => least - 1,
            1 => most + 1,
            2 => least,
            3 => most,
            _ => least + (long)(dice.Next() % (ulong)(most - least + 1)),
        };
    }

    private static JsonNode Text(JsonElement schema, Dice dice)
    {
        var most = schema.TryGetProperty("maxLength", out var max) ? max.GetInt32() : 40;
        return dice.Below(10) switch
        {
            0 => new string('x', most),
            1 => new string('x', most + 1),
            2 => dice.Digits(8),
            _ => $"value{dice.Digits(3)}",
        };
    }

    private static string TypeOf(JsonElement schema, Dice dice) => !schema.TryGetProperty("type", out var type)
        ? schema.TryGetProperty("properties", out _) ? "object" : "string"
        : type.ValueKind == JsonValueKind.Array ? dice.Of([.. type.EnumerateArray()]).GetString()! : type.GetString()!;

    private static string Text(JsonNode? value, Dice dice) =>
        dice.Percent(85) ? value?.ToString() ?? "" : dice.Of(Spoiler.Nasty).Trim('"');

    private static string OneLine(string text) => string.Concat(text.Where(unit => unit is >= ' ' and <= '~'));

    private static string Form(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetRawText().Trim('"') : value.GetRawText();

    private static string Clean(string text) => string.Concat(text.Where(unit => !char.IsSurrogate(unit)));
}
