using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Texts;

namespace FlashFunctions.Tests.Texts;

public sealed class VerificationHintsTests
{
    public static TheoryData<string> Languages => [.. VerificationTexts.Languages];

    [Fact]
    public void Every_language_of_the_texts_has_hints() =>
        Assert.Equal(VerificationTexts.Languages.Order(StringComparer.Ordinal), VerificationHints.Languages.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_hint_says_how_many_digits_and_differs_by_method(string language)
    {
        Channel[] channels = [Channel.Call, Channel.Sms, Channel.Voice];
        var hints = channels.Select(channel => VerificationHints.For(language, channel, 6, silencesUnknownCallers: false)).ToArray();
        Assert.All(hints, hint => Assert.Contains("6", hint, StringComparison.Ordinal));
        Assert.All(hints, hint => Assert.DoesNotContain("{", hint, StringComparison.Ordinal));
        Assert.Equal(3, hints.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Only_a_flash_call_to_a_phone_that_may_silence_it_says_where_to_look(string language)
    {
        Assert.StartsWith(
            VerificationHints.For(language, Channel.Call, 4, silencesUnknownCallers: false) + " ",
            VerificationHints.For(language, Channel.Call, 4, silencesUnknownCallers: true),
            StringComparison.Ordinal);
        Assert.Equal(
            VerificationHints.For(language, Channel.Sms, 4, silencesUnknownCallers: false),
            VerificationHints.For(language, Channel.Sms, 4, silencesUnknownCallers: true));
    }

    [Fact]
    public void The_English_hint_is_the_documented_one() => Assert.Equal(
        "You will get a call. Do not answer. Enter the last 4 digits of the number that calls.",
        VerificationHints.For("en", Channel.Call, 4, silencesUnknownCallers: false));

    [Fact]
    public void An_unknown_language_falls_back_to_English() => Assert.Equal(
        VerificationHints.For("en", Channel.Sms, 5, silencesUnknownCallers: false),
        VerificationHints.For("xx-YY", Channel.Sms, 5, silencesUnknownCallers: false));
}
