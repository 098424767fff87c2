namespace FlashFunctions.Simulator;

/// <summary>E.164 syntax: 7 to 15 ASCII digits that do not begin with 0, with or without a plus.</summary>
internal static class E164
{
    /// <summary>The digits, or null when it is no such number.</summary>
    public static string? Digits(string? number)
    {
        var digits = number is ['+', ..] ? number[1..] : number;
        return IsDigits(digits) ? digits : null;
    }

    /// <summary>True for the digits alone.</summary>
    public static bool IsDigits(string? text) =>
        text is { Length: >= 7 and <= 15 } && text[0] != '0' && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    /// <summary>True for a code of so many ASCII digits.</summary>
    public static bool IsCode(string? text, int shortest, int longest) =>
        text is not null && text.Length >= shortest && text.Length <= longest && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
