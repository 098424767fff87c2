namespace FlashFunctions.Core.Numbers;

/// <summary>What kind of line a number belongs to, by its range in the number plan.</summary>
public enum NumberType
{
    /// <summary>A mobile phone.</summary>
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

/// <summary>What a type of number is able to do.</summary>
public static class NumberTypes
{
    /// <summary>Whether a number of this type may be a mobile phone: ranges that mix it with fixed lines count.</summary>
    public static bool MayBeMobile(this NumberType type) => type is NumberType.Mobile or NumberType.FixedOrMobile;
}
