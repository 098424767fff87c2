using System.Globalization;
using System.Text;

namespace FlashFunctions.Core.Numbers;

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
