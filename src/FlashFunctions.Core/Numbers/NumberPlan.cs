namespace FlashFunctions.Core.Numbers;

/// <summary>
/// The world's number plan: which countries, lengths and ranges of numbers exist. It is embedded, read when first needed, and safe
/// for use by many threads.
/// </summary>
public sealed class NumberPlan
{
    private readonly Lazy<NumberPlanFile> _file = new(() => new NumberPlanFile());

    private NumberPlan()
    {
    }

    /// <summary>The one plan.</summary>
    public static NumberPlan Instance { get; } = new();

    /// <summary>Reads a number as a caller sent it. White space around it is ignored, any inside it is an error.</summary>
    /// <param name="input">E.164: a plus, a country calling code, and a possible number of digits after it.</param>
    /// <param name="requireAssignedRange">Whether to refuse a number whose range the plan assigns to nobody.</param>
    public NumberReading Read(string? input, bool requireAssignedRange)
    {
        var text = input.AsSpan().Trim();
        return NumberSyntax.Fault(text) is { } fault ? new NumberReading.Invalid(fault) : ReadDigits(text[1..], requireAssignedRange);
    }

    /// <summary>Where a number belongs, or null when its calling code does not exist. Its length is not looked at.</summary>
    public NumberPlace? Locate(PhoneNumber number)
    {
        ArgumentNullException.ThrowIfNull(number);
        return _file.Value.Find(number.Digits) is { } code ? code.Locate(number.Digits[code.Digits.Length..]) : null;
    }

    private NumberReading ReadDigits(ReadOnlySpan<char> digits, bool requireAssignedRange)
    {
        if (_file.Value.Find(digits) is not { } code)
        {
            return new NumberReading.Invalid("The number begins with no existing country calling code.");
        }

        var national = digits[code.Digits.Length..];
        if (!code.AllowsLength(national.Length) || !PhoneNumber.TryParse(string.Concat("+", digits), null, out var number))
        {
            return new NumberReading.Invalid(TrunkPrefixFault(code, national) ?? LengthFault(code, national.Length));
        }

        var place = code.Locate(national.ToString());
        return place.IsAssigned || !requireAssignedRange
            ? new NumberReading.Valid(number, place.Country, place.Type, place.CallingCode) { IsAssigned = place.IsAssigned }
            : new NumberReading.Invalid(TrunkPrefixFault(code, national) ?? $"The number is in no assigned range of +{code.Digits}.");
    }

    // +44 (0)20 … and the like: what is left without the prefix must be a number that exists, else the advice would be wrong.
    private static string? TrunkPrefixFault(CallingCode code, ReadOnlySpan<char> national) =>
        code.TrunkPrefix.Length > 0
        && national.StartsWith(code.TrunkPrefix, StringComparison.Ordinal)
        && code.AllowsLength(national.Length - code.TrunkPrefix.Length)
        && code.Locate(national[code.TrunkPrefix.Length..].ToString()).IsAssigned
            ? $"The number has the national prefix {code.TrunkPrefix} after +{code.Digits}: leave it out."
            : null;

    private static string LengthFault(CallingCode code, int length)
    {
        var lengths = code.Lengths;
        var possible = lengths.Length == 1 ? $"{lengths[0]}" : $"{string.Join(", ", lengths[..^1])} or {lengths[^1]}";
        var fault = length < lengths[0] ? "is too short" : length > lengths[^1] ? "is too long" : "has an impossible length";
        return $"The number {fault}: {possible} digits follow +{code.Digits}, not {length}.";
    }
}
