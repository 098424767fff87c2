using System.Text.RegularExpressions;

namespace FlashFunctions.Core.Numbers;

/// <summary>
/// The ranges of one country. Its patterns are compiled when a number first needs them; they hold no unbounded repetition, and
/// see nothing but up to 14 digits.
/// </summary>
internal sealed class CountryRanges
{
    private readonly string[] _leadingDigits;
    private readonly RangePattern _any;
    private readonly RangePattern[] _byType;

    /// <summary>Cuts one line of the plan.</summary>
    /// <param name="line">The country's line of the number plan.</param>
    public CountryRanges(string line)
    {
        var fields = line.Split('\t');
        Name = fields[0];
        _leadingDigits = fields[1].Split(',', StringSplitOptions.RemoveEmptyEntries);
        _any = new RangePattern(fields[2]);
        _byType = [new RangePattern(fields[3]), new RangePattern(fields[4]), new RangePattern(fields[5])];
    }

    /// <summary>The country's code in the plan.</summary>
    public string Name { get; }

    /// <summary>Whether the number, without its calling code, is this country's: by its leading digits if the country has such.</summary>
    public bool Claims(string national)
    {
        foreach (var digits in _leadingDigits)
        {
            if (national.StartsWith(digits, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return _leadingDigits.Length == 0 && TypeOf(national) is not null;
    }

    /// <summary>The type of the number's range, or null when no range is assigned there.</summary>
    public NumberType? TypeOf(string national)
    {
        // Mobile comes first: a number of a range that is both counts as mobile.
        for (var type = 0; type < _byType.Length && _any.Covers(national); type++)
        {
            if (_byType[type].Covers(national))
            {
                return (NumberType)type;
            }
        }

        return null;
    }

    private sealed class RangePattern(string pattern)
    {
        private Regex? _regex;

        // Two threads that come first at once make it twice, to the same effect.
        public bool Covers(string national) =>
            pattern.Length > 0 && (_regex ??= Compile()).IsMatch(national);

        private Regex Compile() =>
            new($"^(?:{pattern})\\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Regex.InfiniteMatchTimeout);
    }
}
