namespace FlashFunctions.Core.Numbers;

/// <summary>What kind of line a number belongs to, by its range in the number plan.</summary>
public enum NumberType
{
    /// <summary>A mobile phone, or a range that mixes mobile and fixed lines, as in the United States: it may well take a text message.</summary>
    Mobile,

    /// <summary>A fixed line, in a range that has no mobile phones.</summary>
    Fixed,

    /// <summary>Anything else: toll-free, premium rate, internet telephony, pagers, and ranges that the plan does not assign.</summary>
    Other,
}
