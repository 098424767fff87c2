using System.Globalization;
using LibraryNumber = PhoneNumbers.PhoneNumber;

namespace FlashFunctions.Core.Numbers;

/// <summary>
/// Digits cut into a calling code and the rest, exactly as they were written: the library's own parser drops national prefixes
/// silently, and we refuse them with a reason instead.
/// </summary>
internal sealed class WrittenNumber
{
    private const int LongestCallingCode = 3;

    // The most digits that the library looks at: more than E.164 allows, and few enough for a ulong.
    private const int LongestNational = 17;

    public WrittenNumber(int callingCode, string national)
    {
        CallingCode = callingCode;
        National = national;
        E164 = $"+{callingCode}{national}";
        Number = national.Length is 0 or > LongestNational ? null : Build(callingCode, national);
    }

    public int CallingCode { get; }

    /// <summary>The digits after the calling code.</summary>
    public string National { get; }

    /// <summary>A plus and all digits, which may be too few or too many for E.164.</summary>
    public string E164 { get; }

    /// <summary>The number as the library takes it; null where no number can have that many digits.</summary>
    public LibraryNumber? Number { get; }

    /// <summary>Cuts digits, or answers null when they begin with no existing calling code. No code begins with another.</summary>
    public static WrittenNumber? Cut(ReadOnlySpan<char> digits, IReadOnlySet<int> callingCodes)
    {
        for (var length = 1; length <= Math.Min(LongestCallingCode, digits.Length); length++)
        {
            var code = int.Parse(digits[..length], NumberStyles.None, CultureInfo.InvariantCulture);
            if (callingCodes.Contains(code))
            {
                return new WrittenNumber(code, digits[length..].ToString());
            }
        }

        return null;
    }

    private static LibraryNumber Build(int callingCode, string national)
    {
        // The library keeps the digits as an integer and the zeros in front of it as a count; the last digit is never one of those.
        var number = new LibraryNumber.Builder()
            .SetCountryCode(callingCode)
            .SetNationalNumber(ulong.Parse(national, NumberStyles.None, CultureInfo.InvariantCulture));
        var zeros = national.AsSpan(0, national.Length - 1).IndexOfAnyExcept('0');
        return zeros == 0 || national.Length == 1
            ? number.Build()
            : number.SetNumberOfLeadingZeros(zeros < 0 ? national.Length - 1 : zeros).Build();
    }
}
