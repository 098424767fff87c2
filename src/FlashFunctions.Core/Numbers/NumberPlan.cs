using System.Collections.Frozen;
using Microsoft.Extensions.Hosting;
using PhoneNumbers;
using PhoneNumber = FlashFunctions.Core.Primitives.PhoneNumber;

namespace FlashFunctions.Core.Numbers;

/// <summary>
/// The world's number plan: which countries, lengths and ranges of numbers exist, and which ways to write a number are one number.
/// Google's libphonenumber knows it; its data is loaded country by country when first needed. Safe for use by many threads.
/// </summary>
public sealed class NumberPlan
{
    private const int LongestE164 = 15;

    private readonly Lazy<PhoneNumberUtil> _library = new(PhoneNumberUtil.GetInstance);
    private readonly Lazy<FrozenSet<int>> _callingCodes;
    private readonly Lazy<FrozenSet<string>> _countries;

    private NumberPlan()
    {
        _callingCodes = new(() => _library.Value.GetSupportedCallingCodes().ToFrozenSet());
        _countries = new(
            () => _library.Value.GetSupportedRegions().Append(NumberPlace.Worldwide).ToFrozenSet(StringComparer.Ordinal));
    }

    public static NumberPlan Instance { get; } = new();

    /// <summary>Reads a number as a caller sent it. White space around it is ignored, any inside it is an error.</summary>
    /// <param name="input">E.164: a plus, a country calling code, and a possible number of digits after it.</param>
    /// <param name="requireAssignedRange">Whether to refuse a number whose range the plan assigns to nobody.</param>
    public NumberReading Read(string? input, bool requireAssignedRange)
    {
        var text = input.AsSpan().Trim();
        if (NumberSyntax.Fault(text) is { } fault)
        {
            return new NumberReading.Invalid(fault);
        }

        if (WrittenNumber.Cut(text[1..], _callingCodes.Value) is not { } written)
        {
            return new NumberReading.Invalid("The number begins with no existing country calling code.");
        }

        var (sent, place) = Resolve(written);
        var faultOfNumber = place.IsAssigned ? LengthFault(sent) : FaultOfUnassigned(sent, requireAssignedRange);
        return faultOfNumber is null
            ? new NumberReading.Valid(PhoneNumber.Parse(sent.E164, null), place)
            : new NumberReading.Invalid(faultOfNumber);
    }

    /// <summary>A number that others wrote, in the one form under which it is stored; what could not be called stays as it is.</summary>
    public string OneForm(string e164) => Read(e164, requireAssignedRange: false) is NumberReading.Valid valid ? valid.Number.E164 : e164;

    /// <summary>
    /// Whether a number can belong to that country: two capital letters, or <see cref="NumberPlace.Worldwide"/>. UK, for one, is none: its
    /// numbers are GB's.
    /// </summary>
    public bool IsCountry(string country) => _countries.Value.Contains(country);

    /// <summary>Where a number belongs, or null when its calling code does not exist. Its length is not looked at.</summary>
    public NumberPlace? Locate(PhoneNumber number) => Cut(number) is { } written ? PlaceOf(written) : null;

    /// <summary>
    /// The network to which a number's range was given, or null where that is not known or may be out of date, since
    /// the country lets people take their number to another network.
    /// </summary>
    public string? NetworkOf(PhoneNumber number) =>
        Cut(number)?.Number is { } known
        && _library.Value.GetRegionCodeForNumber(known) is { } country
        && !_library.Value.IsMobileNumberPortableRegion(country)
        && PhoneNumberToCarrierMapper.GetInstance().GetSafeDisplayName(known, Locale.English) is { Length: > 0 } name ? name : null;

    /// <summary>
    /// The mobile operator to which a number's prefix was given, by its English name, or null where that is not known. The number may have
    /// been taken to another operator since.
    /// </summary>
    public string? OperatorOf(PhoneNumber number) =>
        Cut(number)?.Number is { } known
        && PhoneNumberToCarrierMapper.GetInstance().GetNameForNumber(known, Locale.English) is { Length: > 0 } name ? name : null;

    /// <summary>Loads what the first number would wait for.</summary>
    public void WarmUp()
    {
        // A number of the largest plan, one that is refused, one in another form than it is sent in, and the networks.
        Read("+12015550123", requireAssignedRange: true);
        Read("+1201555", requireAssignedRange: true);
        Read("+5215512345678", requireAssignedRange: true);
        PhoneNumberToCarrierMapper.GetInstance();
    }

    private WrittenNumber? Cut(PhoneNumber number) => WrittenNumber.Cut(number.Digits, _callingCodes.Value);

    private static string? LengthFault(WrittenNumber number) => PhoneNumber.TryParse(number.E164, null, out _)
        ? null
        : number.E164.Length > LongestE164 + 1 ? "The number is too long: it has at most 15 digits."
        : "The number is too short: it has at least 7 digits.";

    /// <summary>The number in the form in which it is sent, and where that belongs.</summary>
    private (WrittenNumber Number, NumberPlace Place) Resolve(WrittenNumber written)
    {
        var place = PlaceOf(written);
        if (place.IsAssigned || NumberVariants.FormToSend(written, _library.Value) is not { } national)
        {
            return (written, place);
        }

        var sent = new WrittenNumber(written.CallingCode, national);
        var placeOfSent = PlaceOf(sent);
        return placeOfSent.IsAssigned || (!HasPossibleLength(written) && HasPossibleLength(sent)) ? (sent, placeOfSent) : (written, place);
    }

    private string? FaultOfUnassigned(WrittenNumber number, bool requireAssignedRange) =>
        TrunkPrefixFault(number)
        ?? (!HasPossibleLength(number) ? ImpossibleLength(number)
            : IsLongerThanItsRange(number) ? $"The number is too long for its range of +{number.CallingCode}."
            : requireAssignedRange ? $"The number is in no assigned range of +{number.CallingCode}."
            : null);

    // +44 (0)20 … and the like: what is left without the prefix must be a number that exists, else the advice would be wrong.
    private string? TrunkPrefixFault(WrittenNumber number) =>
        _library.Value.GetNddPrefixForRegion(MainCountry(number.CallingCode), stripNonDigits: true) is { Length: > 0 } prefix
        && number.National.StartsWith(prefix, StringComparison.Ordinal)
        && Resolve(new WrittenNumber(number.CallingCode, number.National[prefix.Length..])).Place.IsAssigned
            ? $"The number has the national prefix {prefix} after +{number.CallingCode}: leave it out."
            : null;

    // Their numbers have no fixed length, only a longest one per range: by length alone, 15 digits would pass.
    private bool IsLongerThanItsRange(WrittenNumber number) =>
        number.CallingCode is 49 or 43 && _library.Value.TruncateTooLongNumber(number.Number!.ToBuilder());

    private bool HasPossibleLength(WrittenNumber number) =>
        number.Number is { } known
        && PhoneNumber.TryParse(number.E164, null, out _)
        && _library.Value.IsPossibleNumberWithReason(known) == PhoneNumberUtil.ValidationResult.IS_POSSIBLE;

    private string ImpossibleLength(WrittenNumber number)
    {
        var lengths = Enumerable.Range(1, LongestE164)
            .Where(length => HasPossibleLength(new WrittenNumber(number.CallingCode, new string('1', length))))
            .ToArray();
        var length = number.National.Length;
        var possible = lengths.Length == 1 ? $"{lengths[0]}" : $"{string.Join(", ", lengths[..^1])} or {lengths[^1]}";
        var fault = length < lengths[0] ? "is too short" : length > lengths[^1] ? "is too long" : "has an impossible length";
        return $"The number {fault}: {possible} digits follow +{number.CallingCode}, not {length}.";
    }

    private NumberPlace PlaceOf(WrittenNumber number)
    {
        var code = $"{number.CallingCode}";
        return number.Number is { } known && _library.Value.GetRegionCodeForNumber(known) is { } country
            ? new NumberPlace(country, TypeOf(number, known), code)
            : new NumberPlace(MainCountry(number.CallingCode), NumberType.Unknown, code);
    }

    private string MainCountry(int callingCode) => _library.Value.GetRegionCodeForCountryCode(callingCode);

    private NumberType TypeOf(WrittenNumber number, PhoneNumbers.PhoneNumber known) => _library.Value.GetNumberType(known) switch
    {
        PhoneNumberType.UNKNOWN => NumberType.Unknown,
        _ when IsSatellite(number) => NumberType.Satellite,
        PhoneNumberType.MOBILE => NumberType.Mobile,
        PhoneNumberType.FIXED_LINE_OR_MOBILE => NumberType.FixedOrMobile,
        PhoneNumberType.FIXED_LINE => NumberType.Fixed,
        PhoneNumberType.TOLL_FREE => NumberType.TollFree,
        PhoneNumberType.PREMIUM_RATE => NumberType.Premium,
        PhoneNumberType.SHARED_COST => NumberType.SharedCost,
        PhoneNumberType.VOIP => NumberType.Voip,
        PhoneNumberType.PERSONAL_NUMBER => NumberType.Personal,
        PhoneNumberType.PAGER => NumberType.Pager,
        PhoneNumberType.UAN => NumberType.UniversalAccess,
        PhoneNumberType.VOICEMAIL => NumberType.Voicemail,
        _ => NumberType.Unknown,
    };

    // Inmarsat, the codes that Iridium and Globalstar share, EMSAT and Thuraya. The library calls them mobile.
    private static bool IsSatellite(WrittenNumber number) => (number.CallingCode, number.National) switch
    {
        (870 or 881, _) or (882, ['1', '3' or '6', ..]) => true,
        _ => false,
    };
}

/// <summary>Loads the number plan in the background of a start, so that neither the start nor the first request waits for it.</summary>
internal sealed class NumberPlanWarmUp(NumberPlan plan) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(plan.WarmUp, stoppingToken);
}
