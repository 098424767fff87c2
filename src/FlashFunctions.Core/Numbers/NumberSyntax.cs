using System.Globalization;
using System.Text;

namespace FlashFunctions.Core.Numbers;

/// <summary>Says what keeps a text from being a plus and ASCII digits, without repeating any of it.</summary>
internal static class NumberSyntax
{
    /// <summary>What is wrong, or null when the text is a plus and one or more ASCII digits of which the first is not 0.</summary>
    public static string? Fault(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return "The number is empty.";
        }

        var digits = text[0] == '+' ? text[1..] : text;
        if (digits.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return OddCharacter(text);
        }

        return text[0] == '+' ? FaultAfterPlus(digits)
            : digits is ['0', '0', ..] ? "The number begins with 00: write a plus instead of the two zeros."
            : "The plus is missing: write the number as + and its country calling code, then the rest.";
    }

    private static string? FaultAfterPlus(ReadOnlySpan<char> digits) => digits switch
    {
        [] => "The number has no digits after its plus.",
        ['0', ..] => "No country calling code begins with 0: write a plus, the country calling code, then the rest.",
        _ => null,
    };

    private static string OddCharacter(ReadOnlySpan<char> text)
    {
        var position = 1;
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsExpected(rune, position))
            {
                return $"The number has {OddRune.Describe(rune)} as character {position}: write a plus and the digits 0 to 9 only.";
            }

            position++;
        }

        throw new InvalidOperationException("Every character was expected.");
    }

    private static bool IsExpected(Rune rune, int position) => rune.Value is >= '0' and <= '9' || (rune.Value == '+' && position == 1);
}

/// <summary>Names the kind of a character that has no place in a number.</summary>
internal static class OddRune
{
    private const string CyrillicLookAlikes = "ОоЗзЭэбЧчІіӀӏ";
    private const string LatinLookAlikes = "OoIlSBZ";

    public static string Describe(Rune rune) => rune.Value switch
    {
        '+' => "another plus",
        '\uFF0B' => "a full-width plus",
        '(' or ')' or '[' or ']' or '\uFF08' or '\uFF09' => "a bracket",
        '.' => "a dot",
        '/' => "a slash",
        '*' or '#' => "a star or hash",
        >= '\uFF10' and <= '\uFF19' => "a full-width digit",
        (>= '\u0660' and <= '\u0669') or (>= '\u06F0' and <= '\u06F9') => "an Arabic-Indic digit",
        '\uFFFD' => "an unreadable character",
        >= '\u0400' and <= '\u052F' => LookAlike(rune, "a Cyrillic letter", CyrillicLookAlikes),
        < 0x80 when Rune.IsLetter(rune) => LookAlike(rune, "a letter", LatinLookAlikes),
        _ => DescribeCategory(Rune.GetUnicodeCategory(rune)),
    };

    private static string LookAlike(Rune rune, string kind, string lookAlikes) =>
        lookAlikes.Contains((char)rune.Value, StringComparison.Ordinal) ? $"{kind} that looks like a digit" : kind;

    private static string DescribeCategory(UnicodeCategory category) => category switch
    {
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => "a space",
        UnicodeCategory.DashPunctuation or UnicodeCategory.MathSymbol => "a dash",
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => "a digit of another script",
        UnicodeCategory.Format => "an invisible character",
        UnicodeCategory.Control => "a control character",
        <= UnicodeCategory.OtherLetter => "a letter of another script",
        _ => "a character that is no digit",
    };
}
