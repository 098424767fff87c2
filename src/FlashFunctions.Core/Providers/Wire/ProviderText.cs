namespace FlashFunctions.Core.Providers.Wire;

/// <summary>What may be kept of a provider's own words.</summary>
internal static class ProviderText
{
    private const int Longest = 40;

    /// <summary>A status as <see cref="ProviderEvent.RawStatus"/> allows it.</summary>
    public static string Status(string? status) =>
        Keep(status, static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_');

    /// <summary>The letters of an error's code or message: enough to know it by, and no digit of a number or a code.</summary>
    public static string Letters(string? text) => Keep(text, static letter => char.IsAsciiLetter(letter) || letter is ' ');

    /// <summary>A caller number as bare digits, or null when it is not one.</summary>
    public static string? Digits(string? number)
    {
        var digits = number?.Trim().TrimStart('+');
        return digits is { Length: >= 7 and <= 15 } && digits.All(char.IsAsciiDigit) ? digits : null;
    }

    /// <summary>How long something took, or null when that makes no sense.</summary>
    public static int? Seconds(long? seconds) => seconds is >= 0 and <= int.MaxValue ? (int)seconds : null;

    private static string Keep(string? text, Func<char, bool> allowed) => string.Concat((text ?? "").Where(allowed).Take(Longest));
}
