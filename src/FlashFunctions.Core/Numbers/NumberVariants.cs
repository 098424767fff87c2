using PhoneNumbers;

namespace FlashFunctions.Core.Numbers;

/// <summary>
/// Ways to write a number that reach the same phone as another one. The number plan's library tells them apart or refuses one of them;
/// for us they are one number, otherwise a phone would have as many limits and live verifications as spellings
/// (docs/decisions/0012-phone-numbers.md).
/// </summary>
internal static class NumberVariants
{
    private const int Argentina = 54;
    private const int Brazil = 55;
    private const int Mexico = 52;

    /// <summary>The digits after the calling code as they are sent, or null where they are not known as another form of a number.</summary>
    /// <param name="number">A number that is not assigned as it was written; the form to send always is.</param>
    /// <param name="library">Knows Argentina's area codes.</param>
    public static string? FormToSend(WrittenNumber number, PhoneNumberUtil library) => (number.CallingCode, number.National) switch
    {
        // Area code, 15, local number, as they are dialled inside the country; some write the 9 of calls from abroad as well.
        (Argentina, { Length: 12 } and not ['0', ..]) => WithoutFifteen(number.National, library),
        (Argentina, { Length: 13 } and ['9', not '0', ..]) => WithoutFifteen(number.National[1..], library),

        // All mobile numbers got a 9 in front until 2016. Those that begin with 7 are mobile radio, which did not; 2 to 5 are fixed lines.
        (Brazil, { Length: 10 } and [_, _, '6' or '8' or '9', ..]) => number.National.Insert(2, "9"),

        // Calls from abroad to mobile phones needed a 1 until August 2019.
        (Mexico, { Length: 11 } and ['1', >= '2', ..]) => number.National[1..],
        _ => null,
    };

    // The area code ends where the library says; it puts the 9 in front that mobile phones have when they are called from abroad.
    private static string? WithoutFifteen(string domestic, PhoneNumberUtil library)
    {
        var parsed = library.GetNationalSignificantNumber(library.Parse($"+{Argentina}{domestic}", null));
        return parsed is { Length: 11 } and ['9', ..] ? parsed : null;
    }
}
