namespace FlashFunctions.Core.Numbers;

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
