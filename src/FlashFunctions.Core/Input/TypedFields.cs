using System.Globalization;
using System.Text.Json;
using FlashFunctions.Core.Numbers;

namespace FlashFunctions.Core.Input;

/// <summary>Values that are not plain text: times, amounts of money, numbers that operators name and lists of texts.</summary>
public static class TypedFields
{
    /// <summary>The last millisecond of the year 9999.</summary>
    private const long LastMoment = 253_402_300_799_999;

    /// <summary>A time in unix milliseconds, or null where it is absent or wrong.</summary>
    public static DateTimeOffset? Moment(this Fields fields, string name)
    {
        var milliseconds = fields.Amount(
            name, amount => amount % 1 == 0 && amount <= LastMoment, "must be a time in unix milliseconds");
        return milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds((long)value) : null;
    }

    /// <summary>A decimal number, bare or as a string, that <paramref name="fits"/>; null where it is absent or wrong.</summary>
    public static decimal? Amount(this Fields fields, string name, Func<decimal, bool> fits, string rule)
    {
        if (fields.Element(name, rule) is not { } element)
        {
            return null;
        }

        var text = element.ValueKind switch
        {
            JsonValueKind.String => FieldsReader.TextOf(element)?.Trim(),
            JsonValueKind.Number => element.GetRawText(),
            _ => null,
        };
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && fits(amount))
        {
            return amount;
        }

        fields.Wrong(name, rule);
        return null;
    }

    /// <summary>
    /// A number that an operator names, whatever range it is in: what was taken once can be asked for though the plan has changed since.
    /// Null where it is absent or wrong.
    /// </summary>
    public static NumberReading.Valid? OperatorsNumber(this Fields fields, string name, bool required = true)
    {
        var text = required ? fields.Number(name) : fields.Caller(name);
        var reading = text is null ? null : NumberPlan.Instance.Read(text, requireAssignedRange: false);
        if (reading is NumberReading.Invalid invalid)
        {
            fields.Wrong(name, invalid.Reason);
        }

        return reading as NumberReading.Valid;
    }

    /// <summary>The digits of a caller's number, 6 to 15 of them, with or without one plus; null where it is absent or wrong.</summary>
    public static string? CallerDigits(this Fields fields, string name)
    {
        var text = fields.Caller(name);
        var digits = text?.StartsWith('+') == true ? text[1..] : text;
        if (digits is null || (digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong(name, "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }

    /// <summary>
    /// Whom a message or call is shown to come from, a name or a number, as it was written; null where it is absent or wrong.
    /// </summary>
    public static string? Sender(this Fields fields, int longest) => fields.Text(
        "from", longest, text => !text.StartsWith("++", StringComparison.Ordinal), "must have one plus at most before its digits");

    /// <summary>A country that has numbers, by two letters, or 001; in capitals. Null where it is absent or wrong.</summary>
    public static string? Country(this Fields fields, string name, int longest) => fields.Text(
        name, longest, text => NumberPlan.Instance.IsCountry(text.ToUpperInvariant()),
        "must be a country with numbers, by two letters, or 001 for numbers of none")?.ToUpperInvariant();

    /// <summary>Texts of a list, each once and of 1 to <paramref name="longest"/> characters; null where it is absent or wrong.</summary>
    public static IReadOnlyList<string>? Texts(this Fields fields, string name, int most, int longest)
    {
        if (fields.Element(name) is not { } element)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Array || element.GetArrayLength() > most)
        {
            fields.Wrong(name, $"must be a list of at most {most} strings");
            return null;
        }

        var texts = element.EnumerateArray().Select(
            item => item.ValueKind == JsonValueKind.String ? FieldsReader.TextOf(item)?.Trim() : null).ToList();
        for (var index = 0; index < texts.Count; index++)
        {
            if (texts[index] is not { Length: > 0 } text || text.Length > longest || text.Any(char.IsControl))
            {
                fields.Wrong($"{name}[{index}]", $"must be a string of 1 to {longest} characters");
            }
        }

        return [.. texts.OfType<string>().Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Reports every field that is not known as an error, so that nothing that was asked for is silently ignored.</summary>
    public static void RefuseOthers(this Fields fields, params IEnumerable<string> known)
    {
        foreach (var name in fields.Names.Except(known, StringComparer.Ordinal))
        {
            fields.Wrong(FieldsReader.IsPlain(name) ? name : "body", "is not a known field");
        }
    }
}
