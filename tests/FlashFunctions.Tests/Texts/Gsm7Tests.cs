using FlashFunctions.Core.Texts;

namespace FlashFunctions.Tests.Texts;

public sealed class Gsm7Tests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("Plain @_#", true)]
    [InlineData("äöüßñ¿¡ÉéèàùìòÇΔΩ", true)]
    [InlineData("{[~^|]}\\€", true)]
    [InlineData("line\r\nfeed\f", true)]
    [InlineData("ç", false)]
    [InlineData("á", false)]
    [InlineData("`", false)]
    [InlineData("’", false)]
    [InlineData("\t", false)]
    [InlineData("я", false)]
    [InlineData("\U0001F600", false)]
    [InlineData("\u001B", false)]
    public void Only_characters_of_the_default_alphabet_and_its_extension_fit(string text, bool fits) =>
        Assert.Equal(fits, Gsm7.Fits(text));

    [Theory]
    [InlineData("a", 0, 1)]
    [InlineData("a", 160, 1)]
    [InlineData("a", 161, 2)]
    [InlineData("a", 306, 2)]
    [InlineData("a", 307, 3)]
    [InlineData("€", 80, 1)]
    [InlineData("€", 81, 2)]
    [InlineData("€", 152, 2)]
    [InlineData("€", 153, 3)]
    [InlineData("я", 70, 1)]
    [InlineData("я", 71, 2)]
    [InlineData("я", 134, 2)]
    [InlineData("я", 135, 3)]
    [InlineData("\U0001F600", 35, 1)]
    [InlineData("\U0001F600", 36, 2)]
    [InlineData("\U0001F600", 66, 2)]
    [InlineData("\U0001F600", 67, 3)]
    public void Parts_are_counted_as_the_network_cuts_them(string character, int times, int parts) =>
        Assert.Equal(parts, Gsm7.Parts(string.Concat(Enumerable.Repeat(character, times))));

    [Fact]
    public void One_character_outside_the_alphabet_makes_the_whole_text_long()
    {
        Assert.Equal(1, Gsm7.Parts(new string('a', 100)));
        Assert.Equal(2, Gsm7.Parts(new string('a', 99) + "ç"));
    }

    [Fact]
    public void A_lone_surrogate_counts_like_any_character() => Assert.Equal(2, Gsm7.Parts(new string('\uD83D', 71)));
}
