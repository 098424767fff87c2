using System.Collections.Frozen;
using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Providers.Wire;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>One call or message in Lanck's words: the operation's path and its form.</summary>
internal sealed record LanckOperation(string Path, (string Name, string? Value)[] Fields)
{
    private const int ShortestCode = 4;
    private const int LongestCode = 6;

    /// <summary>The operation for a placement; null when it lacks what the channel needs.</summary>
    public static LanckOperation? For(Placement placement, string callbackUrl) => placement.Channel switch
    {
        Channel.Call => FlashCall(placement, callbackUrl),
        Channel.Voice => PinToSpeech(placement, callbackUrl),
        Channel.Speech => TextToSpeech(placement, callbackUrl),
        _ when string.IsNullOrWhiteSpace(placement.Text) => null,
        Channel.Sms => Message("sms", placement, callbackUrl, ("from", placement.From)),
        Channel.Push => Message("messaging/push", placement, callbackUrl, Option(placement, "title")),
        Channel.Viber => Message(
            "messaging/viber",
            placement,
            callbackUrl,
            ("from", placement.From),
            Option(placement, "buttonCaption"),
            Option(placement, "buttonActionUrl"),
            Option(placement, "imageUrl")),
        Channel.Rcs => Message("messaging/rcs", placement, callbackUrl),
        _ => null,
    };

    /// <summary>Never the form, which holds the code.</summary>
    public override string ToString() => Path;

    // from and code exclude each other; who names the number that rings does without a code of ours.
    private static LanckOperation? FlashCall(Placement placement, string callbackUrl) =>
        placement.From is null && placement.Code is not null && !IsCode(placement.Code)
            ? null
            : Operation(
                "calls/flash",
                placement,
                callbackUrl,
                ("code", placement.From is null ? placement.Code : null),
                ("from", placement.From));

    private static LanckOperation? PinToSpeech(Placement placement, string callbackUrl) =>
        IsCode(placement.Code) && Language(placement, SpokenLanguages.OfCodes) is { } language
            ? Operation("calls/p2s", placement, callbackUrl, ("code", placement.Code), Caller(placement), ("language", language))
            : null;

    private static LanckOperation? TextToSpeech(Placement placement, string callbackUrl) =>
        !string.IsNullOrWhiteSpace(placement.Text) && Language(placement, SpokenLanguages.OfTexts) is { } language
            ? Operation("calls/t2s", placement, callbackUrl, ("text", placement.Text), Caller(placement), ("language", language))
            : null;

    private static LanckOperation Message(
        string path, Placement placement, string callbackUrl, params ReadOnlySpan<(string Name, string? Value)> more) =>
        Operation(path, placement, callbackUrl, [("text", placement.Text), .. more]);

    private static LanckOperation Operation(
        string path, Placement placement, string callbackUrl, params ReadOnlySpan<(string Name, string? Value)> more) =>
        new(path, [("number", placement.To.E164), .. more, ("callbackUrl", callbackUrl)]);

    private static (string Name, string? Value) Option(Placement placement, string name) =>
        (name, placement.Options.GetValueOrDefault(name));

    // A call cannot come from a sender's name, which a workflow that falls back from SMS may well carry.
    private static (string Name, string? Value) Caller(Placement placement) => ("from", ProviderText.Digits(placement.From));

    private static string? Language(Placement placement, FrozenSet<string> known)
    {
        var language = placement.Language ?? SpokenLanguages.Default;
        return known.Contains(language) ? language : null;
    }

    private static bool IsCode(string? code) => code is { Length: >= ShortestCode and <= LongestCode } && code.All(char.IsAsciiDigit);
}
