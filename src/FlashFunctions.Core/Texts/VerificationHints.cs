using System.Collections.Frozen;

namespace FlashFunctions.Core.Texts;

/// <summary>
/// What an app may show the person with the phone while a step is under way: what will happen, and what to enter. In the 40 languages of
/// <see cref="VerificationTexts"/>; it never contains the code or the caller number.
/// </summary>
public static class VerificationHints
{
    private static readonly Lazy<FrozenDictionary<string, VerificationHint>> Hints =
        new(() => TextsJson.Load("verification-hints.json", TextsJson.Default.DictionaryStringVerificationHint));

    public static IReadOnlyCollection<string> Languages => Hints.Value.Keys;

    /// <summary>The hint for a step.</summary>
    /// <param name="language">As for <see cref="VerificationTexts.LanguageFor"/>.</param>
    /// <param name="channel">How the code comes: a flash call, an SMS or a spoken code.</param>
    /// <param name="codeLength">How many digits are to be entered: 4 to 6.</param>
    /// <param name="silencesUnknownCallers">
    /// Whether the phone may silence calls of unknown numbers (iOS): a flash call's hint then says where such calls are listed.
    /// </param>
    public static string For(string? language, Channel channel, int codeLength, bool silencesUnknownCallers)
    {
        var hint = Hints.Value[VerificationTexts.LanguageFor(language)];
        var text = channel switch
        {
            Channel.Call when silencesUnknownCallers => $"{hint.Call} {hint.Silenced}",
            Channel.Call => hint.Call,
            Channel.Voice => hint.Voice,
            _ => hint.Sms,
        };
        return text.Replace("{n}", $"{codeLength}", StringComparison.Ordinal);
    }
}

/// <summary>The hints of one language, with the placeholder <c>{n}</c> for the number of digits.</summary>
/// <param name="Call">A flash call: do not answer, enter the tail of the number.</param>
/// <param name="Silenced">Where a phone lists a call that did not ring.</param>
internal sealed record VerificationHint(string Call, string Silenced, string Sms, string Voice);
