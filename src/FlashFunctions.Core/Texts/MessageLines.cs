using System.Buffers;

namespace FlashFunctions.Core.Texts;

/// <summary>
/// The last line of a verification message, which lets a phone pass the code to the app or page that waits for it.
/// </summary>
/// <remarks>
/// Android's SMS Retriever looks for the app's hash at the end of a message of at most 140 bytes. A browser looks for
/// <c>@domain #code</c> at the beginning of the last line, and ignores what follows it after a space (the origin-bound one-time code
/// format and Chromium alike). So when both are asked for, they share the last line: <c>@domain #code hash</c>.
/// </remarks>
public static class MessageLines
{
    public const int AppHashLength = 11;

    /// <summary>The longest domain that leaves room for brand and code in one SMS part.</summary>
    public const int LongestDomain = 63;

    /// <summary>The longest message that SMS Retriever hands to an app, in bytes.</summary>
    public const int LongestRetrievedMessage = 140;

    private static readonly SearchValues<char> Base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static readonly SearchValues<char> LettersDigitsHyphen = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    /// <summary>Whether the text is an Android app's hash: 11 characters of base64.</summary>
    public static bool IsAppHash(string? text) => text is { Length: AppHashLength } && text.AsSpan().IndexOfAnyExcept(Base64) < 0;

    /// <summary>
    /// Whether the text is a domain for a browser's line: lower-case ASCII (international names in their <c>xn--</c> form), at least two
    /// labels, the last of which is not a number, 63 characters at most, no port and no dot at the end.
    /// </summary>
    public static bool IsDomain(string? text)
    {
        var labels = text is { Length: <= LongestDomain } ? text.Split('.') : [];
        return labels.Length > 1 && labels.All(IsLabel) && !char.IsAsciiDigit(labels[^1][0]);
    }

    /// <summary>The last line, or nothing when neither is asked for.</summary>
    internal static string? Last(string code, string? appHash, string? domain) => (appHash, domain) switch
    {
        (null, null) => null,
        (_, null) => appHash,
        (null, _) => $"@{domain} #{code}",
        _ => $"@{domain} #{code} {appHash}",
    };

    private static bool IsLabel(string label) =>
        label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.AsSpan().IndexOfAnyExcept(LettersDigitsHyphen) < 0;
}
