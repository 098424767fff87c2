using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Checks a body against a schema and gathers what is wrong, by JSON path.</summary>
internal sealed class BirdBody(JsonElement body)
{
    private readonly Dictionary<string, string[]> _problems = new(StringComparer.Ordinal);

    /// <summary>Null while nothing is wrong.</summary>
    public Reply? Refusal => _problems.Count == 0 ? null : BirdErrors.Invalid(_problems);

    /// <summary>Reads the body and hands it on, or refuses it when it is no JSON.</summary>
    public static Outcome Read(ProviderRequest request, Func<BirdBody, Outcome> use)
    {
        if (!request.HasJsonContentType)
            return BirdErrors.NotJson;
        try
        {
            using var json = JsonDocument.Parse(request.Body);
            return json.RootElement.ValueKind == JsonValueKind.Object
                ? use(new BirdBody(json.RootElement))
                : BirdErrors.Invalid(new Dictionary<string, string[]>(StringComparer.Ordinal) { ["$"] = ["must be an object"] });
        }
        catch (JsonException)
        {
            return BirdErrors.NotJson;
        }
    }

    public bool Has(string name) => body.TryGetProperty(name, out _);

    /// <summary>additionalProperties: false.</summary>
    public void AllowOnly(params ReadOnlySpan<string> names)
    {
        foreach (var property in body.EnumerateObject())
        {
            if (!names.Contains(property.Name))
                Problem(property.Name, "is not a known property");
        }
    }

    public string? Text(string name, bool required)
    {
        if (!body.TryGetProperty(name, out var value))
        {
            if (required)
                Problem(name, "is required");
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
            return value.GetString();
        Problem(name, "must be a string");
        return null;
    }

    /// <summary>A phone number, as digits.</summary>
    public string? Number(string name, bool required)
    {
        var text = Text(name, required);
        if (text is null)
            return null;
        var digits = E164.Digits(text);
        if (digits is null)
            Problem(name, "is not a phone number");
        return digits;
    }

    public int? Integer(string name, int least, int most)
    {
        if (!body.TryGetProperty(name, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var number))
        {
            Problem(name, "must be an integer");
            return null;
        }

        if (number < least || number > most)
            Problem(name, $"must be between {least} and {most}");
        return number;
    }

    public void Problem(string name, string message) => _problems.TryAdd("$." + name, [message]);
}
