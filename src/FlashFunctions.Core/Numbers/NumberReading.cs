namespace FlashFunctions.Core.Numbers;

/// <summary>What <see cref="NumberPlan.Read"/> made of a text.</summary>
public abstract record NumberReading
{
    private NumberReading() { }

    /// <summary>A number that could be called.</summary>
    /// <param name="Number">The number in its canonical form: what is stored, sent and answered, however it was written.</param>
    public sealed record Valid(PhoneNumber Number, NumberPlace Place) : NumberReading
    {
        public string Country => Place.Country;

        public NumberType Type => Place.Type;
    }

    /// <summary>Not a number that could be called (errorCode 11).</summary>
    /// <param name="Reason">
    /// What is wrong and how to write it, in a sentence for the developer of the caller; never holds the number.
    /// </param>
    public sealed record Invalid(string Reason) : NumberReading;
}

/// <summary>Where a number belongs, by the number plan alone.</summary>
/// <param name="Country">
/// ISO 3166-1 alpha-2, or <see cref="Worldwide"/> for a code that belongs to no country, such as +800. In a range that is
/// not assigned it is the main country of the calling code: US for +1.
/// </param>
/// <param name="Type">What kind of line it is; <see cref="NumberType.Unknown"/> in a range that is not assigned.</param>
/// <param name="CallingCode">The country calling code without a plus: 1 to 3 digits.</param>
public sealed record NumberPlace(string Country, NumberType Type, string CallingCode)
{
    /// <summary>The country of numbers that belong to none: the UN's code for the world.</summary>
    public const string Worldwide = "001";

    /// <summary>Whether the number lies in a range that the plan assigns to somebody.</summary>
    public bool IsAssigned => Type != NumberType.Unknown;
}

/// <summary>What kind of line a number belongs to, by its range in the number plan.</summary>
public enum NumberType
{
    Mobile,

    /// <summary>A range that mixes mobile and fixed lines, as in the United States: it may well take a text message.</summary>
    FixedOrMobile,

    /// <summary>A fixed line, in a range that has no mobile phones.</summary>
    Fixed,

    /// <summary>Free for the caller; the owner pays.</summary>
    TollFree,

    /// <summary>Earns its owner money when it is called.</summary>
    Premium,

    /// <summary>The caller pays a part of the price.</summary>
    SharedCost,

    /// <summary>Internet telephony that is tied to no place.</summary>
    Voip,

    /// <summary>A personal number, which is forwarded to where its owner is.</summary>
    Personal,

    Pager,

    /// <summary>A company's one number for all its places.</summary>
    UniversalAccess,

    /// <summary>A mailbox: nobody picks it up.</summary>
    Voicemail,

    /// <summary>A satellite phone of an international network.</summary>
    Satellite,

    /// <summary>The plan does not say: a range that it does not assign.</summary>
    Unknown,
}

public static class NumberTypes
{
    /// <summary>Whether a number of this type may be a mobile phone: ranges that mix it with fixed lines count.</summary>
    public static bool MayBeMobile(this NumberType type) => type is NumberType.Mobile or NumberType.FixedOrMobile;
}
