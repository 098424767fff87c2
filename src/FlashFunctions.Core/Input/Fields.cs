using System.Globalization;
using System.Text.Json;

namespace FlashFunctions.Core.Input;

/// <summary>
/// The parameters of a call, whether they came as JSON or as a form. What is wrong is collected by field; values are trimmed, and an
/// optional value that is empty is absent.
/// </summary>
public sealed class Fields
{
    private const string Hidden = "****";
    private readonly Dictionary<string, JsonElement> _json;
    private readonly Dictionary<string, string> _form;
    private readonly Dictionary<string, List<string>> _errors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _notes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _echo = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unquoted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Fields> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<Fields>> _lists = new(StringComparer.Ordinal);

    internal Fields(Dictionary<string, JsonElement>? json, Dictionary<string, string>? form)
    {
        _json = json ?? new(StringComparer.Ordinal);
        _form = form ?? new(StringComparer.Ordinal);
    }

    public IdempotencyKey? Key { get; set; }

    /// <summary>
    /// What was read so far, for the request's payload; a code as stars. Of a list, as JSON, what was read of its objects: whatever else a
    /// caller puts there is not kept.
    /// </summary>
    public IReadOnlyDictionary<string, string> Echo => _lists.Count == 0
        ? _echo
        : new Dictionary<string, string>(
            _echo.Concat(_lists.Select(list => KeyValuePair.Create(list.Key, ReadableJson.Write(json => Write(json, list.Value))))),
            StringComparer.Ordinal);

    /// <summary>The refusal for what is wrong so far, or null.</summary>
    public Problem? Problem => _errors.Count == 0
        ? null
        : Problem.Invalid(
            _errors.Concat(_notes).ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal));

    /// <summary>The names of everything that came, also of what is empty.</summary>
    public IEnumerable<string> Names => _json.Keys.Concat(_form.Keys);

    /// <summary>Whether a field came, even if it is empty or null.</summary>
    public bool Has(string name) => _json.ContainsKey(name) || _form.ContainsKey(name);

    /// <summary>Whether a change gives a value, which JSON's null is too; text that is left empty changes nothing.</summary>
    public bool Changes(string name) => _json.TryGetValue(name, out var json)
        ? json.ValueKind == JsonValueKind.Null || !IsEmpty(json)
        : _form.TryGetValue(name, out var form) && !string.IsNullOrWhiteSpace(form);

    public bool IsWrong(string name) => _errors.ContainsKey(name);

    /// <summary>Says what is wrong with a field that has a refusal of its own: named only along with other fields' faults.</summary>
    public void Note(string name, string why)
    {
        if (!IsWrong(name))
        {
            _notes[name] = [why];
        }
    }

    public void Wrong(string name, string why)
    {
        _errors.TryAdd(name, []);
        _errors[name].Add(why);
    }

    /// <summary>
    /// Everything that came, name by name in a fixed order and each with its value, alike whether it came as JSON or as a form: a text
    /// without its quotes, nothing for null, lists and objects as they came.
    /// </summary>
    internal IEnumerable<string> Canonical() => _json
        .Select(pair => (pair.Key, Value: pair.Value.ValueKind switch
        {
            JsonValueKind.Null => "",
            JsonValueKind.String => (FieldsReader.TextOf(pair.Value) ?? pair.Value.GetRawText()).Trim(),
            _ => pair.Value.GetRawText(),
        }))
        .Concat(_form.Select(pair => (pair.Key, Value: pair.Value.Trim())))
        .Where(pair => pair.Value.Length > 0)
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .SelectMany(pair => (string[])[pair.Key, pair.Value]);

    /// <summary>A text of 1 to <paramref name="longest"/> characters, or null where it is absent or wrong.</summary>
    public string? Text(string name, int longest, bool required = false)
    {
        var text = Raw(name)?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return required ? Missing(name) : null;
        }

        if (text.Length > longest)
        {
            return Refused(name, $"has at most {longest} characters");
        }

        if (text.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t')))
        {
            return Refused(name, "has a control character");
        }

        _echo[name] = text;
        return text;
    }

    /// <summary>A text that fits, or null where it is absent or wrong; <paramref name="rule"/> says what it must be.</summary>
    public string? Text(string name, int longest, Func<string, bool> fits, string rule, bool required = false) =>
        Text(name, longest, text => fits(text) ? null : rule, required);

    /// <summary>A text with which <paramref name="faultOf"/> finds nothing wrong, or null where it is absent or wrong.</summary>
    public string? Text(string name, int longest, Func<string, string?> faultOf, bool required = false) =>
        Text(name, longest, required) is not { } text ? null : faultOf(text) is { } fault ? Refused(name, fault) : text;

    /// <summary>A text of which the payload shows only that it came.</summary>
    public string? HiddenText(string name, int longest) => Hide(name, Text(name, longest));

    /// <summary>A code of 4 to 6 ASCII digits. Its echo is stars.</summary>
    public string? Code(string name, bool required = false) => Hide(
        name, Text(name, 64, text => text.Length is >= 4 and <= 6 && text.All(char.IsAsciiDigit), "must be 4 to 6 digits", required));

    /// <summary>
    /// A caller's number as it was written, or null where it is absent or wrong. In a form, a space before the first digit was a raw plus.
    /// </summary>
    public string? Caller(string name)
    {
        RestorePlus(name);
        return Text(name, 64);
    }

    /// <summary>
    /// The number to call as it was written, whatever that is: the number plan says what is wrong with it. Null where it is absent or not a
    /// string. In a form, a space before the first digit was a raw plus.
    /// </summary>
    public string? Number(string name)
    {
        RestorePlus(name);
        var text = Raw(name)?.Trim();
        return string.IsNullOrEmpty(text) ? Missing(name) : _echo[name] = text;
    }

    private void RestorePlus(string name)
    {
        if (_form.TryGetValue(name, out var raw) && raw.Length > 1 && raw[0] == ' ' && char.IsAsciiDigit(raw[1]))
        {
            _form[name] = string.Concat("+", raw.AsSpan(1));
        }
    }

    /// <summary>A whole number within a range, or null where it is absent or wrong.</summary>
    public int? Integer(string name, int least, int most)
    {
        var text = _json.TryGetValue(name, out var json)
            ? IsEmpty(json) ? null : json.ValueKind == JsonValueKind.Number ? json.GetRawText() : "not a number"
            : _form.GetValueOrDefault(name)?.Trim();
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < least || value > most)
        {
            Wrong(name, $"must be a whole number from {least} to {most}");
            return null;
        }

        EchoBare(name, value.ToString(CultureInfo.InvariantCulture));
        return value;
    }

    /// <summary>True or false, or null where it is absent or wrong.</summary>
    public bool? Flag(string name)
    {
        const string Rule = "must be true or false";
        if (Element(name, Rule) is not { } element)
        {
            return null;
        }

        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong(name, Rule);
            return null;
        }

        EchoBare(name, element.GetRawText());
        return element.GetBoolean();
    }

    /// <summary>A decimal number as <see cref="TypedFields.Amount"/>, which the payload echoes.</summary>
    public decimal? Decimal(string name, Func<decimal, bool> fits, string rule)
    {
        var amount = this.Amount(name, fits, rule);
        if (amount is { } value)
        {
            EchoBare(name, value.ToString(CultureInfo.InvariantCulture));
        }

        return amount;
    }

    /// <summary>One of some words, or null where it is absent or wrong.</summary>
    public T? OneOf<T>(string name, IReadOnlyDictionary<string, T> words, bool required = false)
        where T : struct
    {
        if (Text(name, 64, required) is not { } text)
        {
            return null;
        }

        if (words.TryGetValue(text, out var value))
        {
            return value;
        }

        Wrong(name, $"must be one of {string.Join(", ", words.Keys)}");
        return null;
    }

    /// <summary>The objects of a list, each as fields of its own; null where it is absent. In a form the list is JSON text.</summary>
    public IReadOnlyList<Fields>? List(string name, int least, int most)
    {
        if (Element(name) is not { } element)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() < least || element.GetArrayLength() > most
            || element.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.Object))
        {
            Wrong(name, $"must be a list of {least} to {most} objects");
            return null;
        }

        return _lists[name] = [.. element.EnumerateArray().Select(FieldsReader.FromObject)];
    }

    /// <summary>An object as fields of its own; null where it is absent.</summary>
    public Fields? Object(string name)
    {
        if (Element(name) is not { } element)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            Wrong(name, "must be an object");
            return null;
        }

        return _objects[name] = FieldsReader.FromObject(element);
    }

    /// <summary>Takes over what is wrong with fields inside one of these, with their path in front.</summary>
    public void TakeErrors(string path, Fields inner)
    {
        foreach (var (name, reasons) in inner._errors)
        {
            reasons.ForEach(reason => Wrong($"{path}.{name}", reason));
        }
    }

    /// <summary>
    /// A value as JSON; in a form it is JSON text, and <paramref name="rule"/> says what is wrong with other text. Null where it is absent,
    /// empty or wrong.
    /// </summary>
    internal JsonElement? Element(string name, string rule = "must be JSON")
    {
        if (_json.TryGetValue(name, out var json))
        {
            return IsEmpty(json) ? null : json;
        }

        if (!_form.TryGetValue(name, out var form) || form.AsSpan().Trim().Length == 0)
        {
            return null;
        }

        if (FieldsReader.ParseElement(form) is { } element)
        {
            return element;
        }

        Wrong(name, rule);
        return null;
    }

    private static bool IsEmpty(JsonElement json) =>
        json.ValueKind == JsonValueKind.Null
        || (json.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(FieldsReader.TextOf(json) ?? "not text"));

    private string? Hide(string name, string? text)
    {
        if (text is not null)
        {
            _echo[name] = Hidden;
        }

        return text;
    }

    /// <summary>Echoes what JSON writes without quotes.</summary>
    private void EchoBare(string name, string text)
    {
        _echo[name] = text;
        _unquoted.Add(name);
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Fields> list)
    {
        json.WriteStartArray();
        foreach (var fields in list)
        {
            fields.Write(json);
        }

        json.WriteEndArray();
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (name, text) in _echo)
        {
            json.WritePropertyName(name);
            if (_unquoted.Contains(name))
            {
                json.WriteRawValue(text);
            }
            else
            {
                json.WriteStringValue(text);
            }
        }

        foreach (var (name, inner) in _objects)
        {
            json.WritePropertyName(name);
            inner.Write(json);
        }

        foreach (var (name, list) in _lists)
        {
            json.WritePropertyName(name);
            Write(json, list);
        }

        json.WriteEndObject();
    }

    private string? Raw(string name)
    {
        if (!_json.TryGetValue(name, out var json))
        {
            return _form.GetValueOrDefault(name);
        }

        if (json.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        return json.ValueKind == JsonValueKind.String && FieldsReader.TextOf(json) is { } text
            ? text
            : Refused(name, "must be a string");
    }

    private string? Missing(string name) => _errors.ContainsKey(name) ? null : Refused(name, "is required");

    private string? Refused(string name, string why)
    {
        Wrong(name, why);
        return null;
    }
}
