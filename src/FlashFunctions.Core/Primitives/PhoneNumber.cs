using System.Diagnostics.CodeAnalysis;

namespace FlashFunctions.Core.Primitives;

/// <summary>
/// A phone number in E.164 syntax: a plus, then 7 to 15 ASCII digits of which the first is not 0. It prints itself masked;
/// <see cref="E164"/> says it aloud.
/// </summary>
public sealed record PhoneNumber : IParsable<PhoneNumber>
{
    private PhoneNumber(string e164) => E164 = e164;

    /// <summary>The whole number with its plus, e.g. +37282329823.</summary>
    public string E164 { get; }

    /// <summary>The whole number without the plus (Revicom's destination).</summary>
    public string Digits => E164[1..];

    public static PhoneNumber Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var number) ? number : throw new FormatException("Not a phone number in E.164 syntax.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out PhoneNumber result)
    {
        var valid = s is { Length: >= 8 and <= 16 } && s[0] == '+' && s[1] != '0' && s.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
        result = valid ? new PhoneNumber(s!) : null;
        return valid;
    }

    /// <summary>The first digits and as many stars as are left out: +372823****.</summary>
    public override string ToString() => string.Concat(E164.AsSpan(0, E164.Length - 4), "****");
}
