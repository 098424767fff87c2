using FlashFunctions.Core.Numbers;

namespace FlashFunctions.Tests.Numbers;

public sealed class NumberReasonTests
{
    [Theory]
    [InlineData("+372 56123456", "a space", 5)]
    [InlineData("+372\u00A056123456", "a space", 5)]
    [InlineData("+372\u200956123456", "a space", 5)]
    [InlineData("+372\t56123456", "a control character", 5)]
    [InlineData("+372\u000056123456", "a control character", 5)]
    [InlineData("+372-56123456", "a dash", 5)]
    [InlineData("+372\u201156123456", "a dash", 5)]
    [InlineData("+372\u221256123456", "a dash", 5)]
    [InlineData("+1(202)5550123", "a bracket", 3)]
    [InlineData("+1.202.555.0123", "a dot", 3)]
    [InlineData("+1/2025550123", "a slash", 3)]
    [InlineData("+12025550123#9", "a star or hash", 13)]
    [InlineData("+37256123456,+37256123457", "a character that is no digit", 13)]
    [InlineData("++37256123456", "another plus", 2)]
    [InlineData("37256+123456", "another plus", 6)]
    [InlineData("\uFF0B37256123456", "a full-width plus", 1)]
    [InlineData("+372\uFF1556123456", "a full-width digit", 5)]
    [InlineData("+372\u0665\u0666123456", "an Arabic-Indic digit", 5)]
    [InlineData("+372\u06F5\u06F6123456", "an Arabic-Indic digit", 5)]
    [InlineData("+372\u096B6123456", "a digit of another script", 5)]
    [InlineData("+372\U0001D7DA6123456", "a digit of another script", 5)]
    [InlineData("+3725612345\u041E", "a Cyrillic letter that looks like a digit", 12)]
    [InlineData("+3725612345\u0417", "a Cyrillic letter that looks like a digit", 12)]
    [InlineData("+3725612345\u0416", "a Cyrillic letter", 12)]
    [InlineData("+3725612345O", "a letter that looks like a digit", 12)]
    [InlineData("+1800FLOWERS", "a letter", 6)]
    [InlineData("tel:+37256123456", "a letter", 1)]
    [InlineData("+3725612345\u03B1", "a letter of another script", 12)]
    [InlineData("\u202A+37256123456\u202C", "an invisible character", 1)]
    [InlineData("+372\u200B56123456", "an invisible character", 5)]
    [InlineData("+372\uD83D56123456", "an unreadable character", 5)]
    [InlineData("+\U0001F600\U0001F6007", "a character that is no digit", 2)]
    [InlineData("+372\U0001F60056 123456", "a character that is no digit", 5)]
    public void An_odd_character_is_named_with_its_place(string text, string kind, int place) =>
        Assert.Equal($"The number has {kind} as character {place}: write a plus and the digits 0 to 9 only.", Reason(text));

    [Theory]
    [InlineData(null, "The number is empty.")]
    [InlineData("", "The number is empty.")]
    [InlineData("  ", "The number is empty.")]
    [InlineData("+", "The number has no digits after its plus.")]
    [InlineData("37256123456", "The plus is missing: write the number as + and its country calling code, then the rest.")]
    [InlineData("089123456", "The plus is missing: write the number as + and its country calling code, then the rest.")]
    [InlineData("0037256123456", "The number begins with 00: write a plus instead of the two zeros.")]
    [InlineData("+0037256123456", "No country calling code begins with 0: write a plus, the country calling code, then the rest.")]
    [InlineData("+99912345678", "The number begins with no existing country calling code.")]
    [InlineData("+2", "The number begins with no existing country calling code.")]
    public void A_number_of_the_wrong_form_says_how_to_write_it(string? text, string reason) => Assert.Equal(reason, Reason(text));

    [Theory]
    [InlineData("+1202555012", "The number is too short: 10 digits follow +1, not 9.")]
    [InlineData("+120255501234", "The number is too long: 10 digits follow +1, not 11.")]
    [InlineData("+44740012", "The number is too short: 7, 9 or 10 digits follow +44, not 6.")]
    [InlineData("+4474001234", "The number has an impossible length: 7, 9 or 10 digits follow +44, not 8.")]
    [InlineData("+1", "The number is too short: 10 digits follow +1, not 0.")]
    [InlineData("+79161234567890123", "The number is too long: 10 or 14 digits follow +7, not 16.")]
    public void A_wrong_length_says_what_the_country_has(string text, string reason) => Assert.Equal(reason, Reason(text));

    [Theory]
    [InlineData("+4407400123456", "The number has the national prefix 0 after +44: leave it out.")]
    [InlineData("+789161234567", "The number has the national prefix 8 after +7: leave it out.")]
    [InlineData("+112025550123", "The number has the national prefix 1 after +1: leave it out.")]
    [InlineData("+49015112345678", "The number has the national prefix 0 after +49: leave it out.")]
    [InlineData("+540111523456789", "The number has the national prefix 0 after +54: leave it out.")]
    public void A_national_prefix_is_recognised_also_where_unassigned_ranges_pass(string text, string reason)
    {
        Assert.Equal(reason, Reason(text));
        Assert.Equal(reason, Assert.IsType<NumberReading.Invalid>(NumberPlan.Instance.Read(text, requireAssignedRange: false)).Reason);
    }

    [Fact]
    public void An_Italian_zero_is_part_of_the_number() =>
        Assert.IsType<NumberReading.Valid>(NumberPlan.Instance.Read("+390612345678", requireAssignedRange: true));

    private static string Reason(string? text) =>
        Assert.IsType<NumberReading.Invalid>(NumberPlan.Instance.Read(text, requireAssignedRange: true)).Reason;
}
