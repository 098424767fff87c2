namespace FlashFunctions.Core.Texts;

/// <summary>
/// How a text travels as SMS: in the GSM 7-bit default alphabet (3GPP TS 23.038) when all its characters are in it, else in UCS-2.
/// </summary>
public static class Gsm7
{
    private const string Basic =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

    // Each takes an escape septet and its own.
    private const string Extension = "\f^{}\\[~]|€";

    private const int OnePartSeptets = 160;
    private const int ManyPartsSeptets = 153;
    private const int OnePartUnits = 70;
    private const int ManyPartsUnits = 67;

    /// <summary>Whether all of the text is in the GSM 7-bit alphabet.</summary>
    public static bool Fits(string text) => text.All(character => Septets(character) > 0);

    /// <summary>How many SMS parts carry the text; each costs as much as a message. An empty text is one part.</summary>
    public static int Parts(string text) => Fits(text)
        ? Parts(text.Select(Septets), OnePartSeptets, ManyPartsSeptets)
        : Parts(text.EnumerateRunes().Select(rune => rune.Utf16SequenceLength), OnePartUnits, ManyPartsUnits);

    // A character of two septets or units is never split between parts, so that a part may end one short.
    private static int Parts(IEnumerable<int> sizes, int one, int many)
    {
        var (total, parts, used) = (0, 1, 0);
        foreach (var size in sizes)
        {
            total += size;
            (parts, used) = used + size > many ? (parts + 1, size) : (parts, used + size);
        }

        return total <= one ? 1 : parts;
    }

    private static int Septets(char character) =>
        Basic.Contains(character, StringComparison.Ordinal) ? 1 : Extension.Contains(character, StringComparison.Ordinal) ? 2 : 0;
}
