using System.Globalization;

namespace FlashFunctions.Core.Numbers;

/// <summary>A country calling code and the countries that share it.</summary>
internal sealed class CallingCode
{
    private readonly CountryRanges[] _countries;

    /// <summary>Cuts the lines of one code.</summary>
    /// <param name="line">The code's line of the number plan.</param>
    /// <param name="countries">The lines of its countries, the main one first.</param>
    public CallingCode(string line, ReadOnlySpan<string> countries)
    {
        var fields = line.Split('\t');
        Digits = fields[0][1..];
        TrunkPrefix = fields[2];
        var lengths = fields[1].Split(',');
        Lengths = new int[lengths.Length];
        for (var index = 0; index < lengths.Length; index++)
        {
            Lengths[index] = int.Parse(lengths[index], CultureInfo.InvariantCulture);
        }

        _countries = new CountryRanges[countries.Length];
        for (var index = 0; index < countries.Length; index++)
        {
            _countries[index] = new CountryRanges(countries[index]);
        }
    }

    /// <summary>The code without a plus.</summary>
    public string Digits { get; }

    /// <summary>How many digits may follow the code, in ascending order.</summary>
    public int[] Lengths { get; }

    /// <summary>What is dialled before a number inside the country and left out after the code, 0 for most; or empty.</summary>
    public string TrunkPrefix { get; }

    public bool AllowsLength(int length) => Lengths.AsSpan().Contains(length);

    /// <summary>Where the number belongs.</summary>
    /// <param name="national">The number without the code.</param>
    public NumberPlace Locate(string national)
    {
        var owner = _countries[0];
        foreach (var country in _countries)
        {
            if (country.Claims(national))
            {
                owner = country;
                break;
            }
        }

        var type = owner.TypeOf(national);
        return new NumberPlace(owner.Name, type ?? NumberType.Other, Digits, type is not null);
    }
}
