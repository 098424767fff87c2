using System.Globalization;
using System.Text;
using FlashFunctions.Core.Texts;

namespace FlashFunctions.Tests.Texts;

public sealed class VerificationTextsTests
{
    private const string Documented =
        "am ar az bn de en es fa fr he hi hy id it ja ka kk km ky mg mn ms my ne ps pt ru si sn so sv sw ta tg tk uk ur uz vi zh";

    private const string Code = "123456";
    private const string Brand = "Twenty Characters Co";
    private const string AppHash = "FA+9qCX9VSu";

    // First and last letter of each block; a language may use several.
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["Latin"] = "az de en es fr id it mg ms pt sn so sv sw tk uz vi",
        ["\u0400\u052F"] = "kk ky mn ru tg uk",
        ["\u0600\u06FF"] = "ar fa ps ur",
        ["\u0590\u05FF"] = "he",
        ["\u0530\u058F"] = "hy",
        ["\u0900\u097F"] = "hi ne",
        ["\u0980\u09FF"] = "bn",
        ["\u0B80\u0BFF"] = "ta",
        ["\u0D80\u0DFF"] = "si",
        ["\u1000\u109F"] = "my",
        ["\u10A0\u10FF"] = "ka",
        ["\u1200\u137F"] = "am",
        ["\u1780\u17FF"] = "km",
        ["\u3040\u30FF\u4E00\u9FFF"] = "ja",
        ["\u4E00\u9FFF"] = "zh",
    };

    public static TheoryData<string> Languages => [.. Documented.Split(' ')];

    [Fact]
    public void The_documented_languages_are_spoken_and_no_others() =>
        Assert.Equal(Documented, string.Join(' ', VerificationTexts.Languages.Order(StringComparer.Ordinal)));

    [Fact]
    public void No_two_languages_say_the_same() =>
        Assert.Equal(
            40,
            Documented.Split(' ')
                .Select(language => VerificationTexts.Voice(language, Code, Brand))
                .Distinct(StringComparer.Ordinal)
                .Count());

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_message_has_code_and_brand_once_and_fits_one_part(string language)
    {
        var text = VerificationTexts.Sms(language, Code, Brand);

        Assert.Equal((2, 2), (text.Split(Code).Length, text.Split(Brand).Length));
        Assert.Equal(1, Gsm7.Parts(text));
        Assert.Equal(text, text.Normalize());
        Assert.DoesNotContain('{', text);

        // A warning follows the code.
        Assert.True(text.Length - text.IndexOf(Code, StringComparison.Ordinal) > Code.Length + 5);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_message_is_in_its_languages_script(string language)
    {
        var script = Scripts.Single(script => script.Value.Split(' ').Contains(language, StringComparer.Ordinal)).Key;
        foreach (var text in new[] { VerificationTexts.Sms(language, "1", "2"), VerificationTexts.Voice(language, "1", "2") })
        {
            var letters = text.Where(char.IsLetter).ToList();
            Assert.True(letters.Count >= 8);
            Assert.All(letters, letter => Assert.True(IsOf(letter, script), $"{letter} in {text}"));
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_call_says_every_digit_on_its_own_and_the_code_twice(string language)
    {
        var text = VerificationTexts.Voice(language, "1201", Brand);

        Assert.Equal(3, text.Split("1, 2, 0, 1").Length);
        Assert.Contains(Brand, text, StringComparison.Ordinal);
        Assert.DoesNotContain('{', text);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_message_with_an_app_hash_ends_with_it_and_is_short_enough_to_be_retrieved(string language)
    {
        var text = VerificationTexts.Sms(language, Code, Brand, AppHash);

        Assert.EndsWith($"\n{AppHash}", text, StringComparison.Ordinal);
        Assert.True(Encoding.UTF8.GetByteCount(text) <= 140);
        Assert.Equal(1, Gsm7.Parts(text));
        Assert.Contains(Code, text, StringComparison.Ordinal);
        Assert.Contains(Brand, text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_message_for_a_page_ends_with_its_line(string language)
    {
        var text = VerificationTexts.Sms(language, Code, Brand, webOtpDomain: "login.example.com");

        Assert.Equal("@login.example.com #123456", text.Split('\n')[^1]);
        Assert.Equal(1, Gsm7.Parts(text));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_message_for_app_and_page_begins_its_last_line_for_the_page_and_ends_it_for_the_app(string language)
    {
        var domain = string.Create(CultureInfo.InvariantCulture, $"{new string('a', 31)}.{new string('b', 31)}");
        var text = VerificationTexts.Sms(language, Code, Brand, AppHash, domain);

        Assert.Equal($"@{domain} #123456 {AppHash}", text.Split('\n')[^1]);
        Assert.Equal(1, Gsm7.Parts(text));
        Assert.True(Encoding.UTF8.GetByteCount(text) <= 140);
    }

    [Fact]
    public void Words_go_before_the_lines_that_machines_read()
    {
        Assert.Equal("Код Brand: 1234. Никому его не сообщайте.", VerificationTexts.Sms("ru", "1234", "Brand"));
        Assert.Equal("Код Brand: 1234. Никому его не сообщайте.\nFA+9qCX9VSu", VerificationTexts.Sms("ru", "1234", "Brand", AppHash));
        Assert.Equal(
            "Код Brand: 1234\n@example.com #1234 FA+9qCX9VSu", VerificationTexts.Sms("ru", "1234", "Brand", AppHash, "example.com"));
        Assert.Equal(
            "Brand: 1234\n@accounts.very-long-names.example.com #1234 FA+9qCX9VSu",
            VerificationTexts.Sms("ru", "1234", "Brand", AppHash, "accounts.very-long-names.example.com"));
    }

    [Theory]
    [InlineData("pt-BR", "pt")]
    [InlineData("zh_Hant_TW", "zh")]
    [InlineData("RU", "ru")]
    [InlineData(" fr ", "fr")]
    [InlineData("iw", "he")]
    [InlineData("in-ID", "id")]
    [InlineData("xx", "en")]
    [InlineData("eng", "en")]
    [InlineData("-", "en")]
    [InlineData("", "en")]
    [InlineData(null, "en")]
    public void A_region_falls_back_to_its_language_and_an_unknown_language_to_English(string? requested, string language)
    {
        Assert.Equal(language, VerificationTexts.LanguageFor(requested));
        Assert.Equal(VerificationTexts.Sms(language, Code, Brand), VerificationTexts.Sms(requested, Code, Brand));
    }

    [Fact]
    public void A_brand_cannot_bring_the_code_in_a_second_time() =>
        Assert.Equal("Your {code} code: 1234. Do not share it with anyone.", VerificationTexts.Sms("en", "1234", "{code}"));

    [Theory]
    [InlineData("FA+9qCX9VSu", true)]
    [InlineData("FA/9qCX9VS0", true)]
    [InlineData("FA+9qCX9VS", false)]
    [InlineData("FA+9qCX9VSuu", false)]
    [InlineData("FA+9qCX9VS=", false)]
    [InlineData("FA-9qCX9VSu", false)]
    [InlineData("FA+9qCX9VS\u0430", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_app_hash_is_eleven_characters_of_base64(string? hash, bool valid) => Assert.Equal(valid, MessageLines.IsAppHash(hash));

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("xn--e1afmkfd.xn--p1ai", true)]
    [InlineData("a-b.1.example.co", true)]
    [InlineData("localhost", false)]
    [InlineData("Example.com", false)]
    [InlineData("пример.рф", false)]
    [InlineData("example.com:8080", false)]
    [InlineData("https://example.com", false)]
    [InlineData("example.com.", false)]
    [InlineData(".example.com", false)]
    [InlineData("-a.example.com", false)]
    [InlineData("a-.example.com", false)]
    [InlineData("exa mple.com", false)]
    [InlineData("example.com\n", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.com", false)]
    public void A_pages_domain_is_lower_case_ascii_with_a_dot(string? domain, bool valid) =>
        Assert.Equal(valid, MessageLines.IsDomain(domain));

    [Fact]
    public void Malformed_lines_are_refused()
    {
        Assert.Throws<ArgumentException>("appHash", () => VerificationTexts.Sms("en", Code, Brand, "short"));
        Assert.Throws<ArgumentException>("webOtpDomain", () => VerificationTexts.Sms("en", Code, Brand, null, "two words.com"));
    }

    private static bool IsOf(char letter, string script)
    {
        if (string.Equals(script, "Latin", StringComparison.Ordinal))
        {
            return letter is (>= 'A' and <= 'Z') or (>= 'a' and <= 'z')
                or (>= '\u00C0' and <= '\u024F') or 'ə' or (>= '\u1E00' and <= '\u1EFF');
        }

        return Enumerable.Range(0, script.Length / 2).Any(block => letter >= script[2 * block] && letter <= script[(2 * block) + 1]);
    }
}
