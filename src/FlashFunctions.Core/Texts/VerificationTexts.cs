using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace FlashFunctions.Core.Texts;

/// <summary>What a verification says, by SMS and aloud, in the 40 languages of the fourth source document.</summary>
public static class VerificationTexts
{
    private const string WithoutWords = "{brand}: {code}";

    private static readonly Lazy<FrozenDictionary<string, VerificationTemplate>> Templates =
        new(() => TextsJson.Load("verification-texts.json", TextsJson.Default.DictionaryStringVerificationTemplate));

    public static IReadOnlyCollection<string> Languages => Templates.Value.Keys;

    /// <summary>The nearest language there is: <c>pt-BR</c> → <c>pt</c>, an unknown one → <c>en</c>. Case does not matter.</summary>
    public static string LanguageFor(string? requested)
    {
        var language = (requested ?? "").Trim().Split('-', '_')[0].ToLowerInvariant();

        // Java's, and so Android's, old names of Hebrew and Indonesian.
        language = language switch { "iw" => "he", "in" => "id", _ => language };
        return Templates.Value.ContainsKey(language) ? language : SpokenLanguages.Default;
    }

    /// <summary>
    /// The message. It loses its warning, and then its words, where the last line would otherwise make it two SMS parts or too long for
    /// SMS Retriever.
    /// </summary>
    /// <param name="language">As for <see cref="LanguageFor"/>.</param>
    /// <param name="brand">Who asks; up to 20 characters of ASCII fit one SMS part in every language.</param>
    /// <param name="appHash">The hash of the Android app that waits for the code, see <see cref="MessageLines.IsAppHash"/>.</param>
    /// <param name="webOtpDomain">The domain of the page that waits for the code, see <see cref="MessageLines.IsDomain"/>.</param>
    /// <exception cref="ArgumentException">A malformed hash or domain, or an empty code or brand: check before.</exception>
    public static string Sms(string? language, string code, string brand, string? appHash = null, string? webOtpDomain = null)
    {
        Require(appHash is null || MessageLines.IsAppHash(appHash), nameof(appHash));
        Require(webOtpDomain is null || MessageLines.IsDomain(webOtpDomain), nameof(webOtpDomain));
        var template = Templates.Value[LanguageFor(language)];
        var lastLine = MessageLines.Last(code, appHash, webOtpDomain) is { } line ? $"\n{line}" : "";
        var longest = appHash is null ? int.MaxValue : MessageLines.LongestRetrievedMessage;
        string[] messages =
        [
            Fill(template.Sms, code, brand) + lastLine,
            Fill(template.Short, code, brand) + lastLine,
            Fill(WithoutWords, code, brand) + lastLine,
        ];
        return Array.Find(messages, message => Gsm7.Parts(message) == 1 && Encoding.UTF8.GetByteCount(message) <= longest) ?? messages[^1];
    }

    /// <summary>The spoken text: the code twice, each digit on its own, so that no voice makes a number of them.</summary>
    /// <param name="language">As for <see cref="LanguageFor"/>.</param>
    /// <exception cref="ArgumentException">An empty code or brand.</exception>
    public static string Voice(string? language, string code, string brand) =>
        Fill(Templates.Value[LanguageFor(language)].Voice, string.Join(", ", code.AsEnumerable()), brand);

    // The brand is inserted last: it may contain anything, a code only digits.
    private static string Fill(string template, string code, string brand)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(code);
        ArgumentException.ThrowIfNullOrWhiteSpace(brand);
        return template.Replace("{code}", code, StringComparison.Ordinal).Replace("{brand}", brand, StringComparison.Ordinal);
    }

    private static void Require(bool wellFormed, string name)
    {
        if (!wellFormed)
        {
            throw new ArgumentException("Malformed.", name);
        }
    }
}

/// <summary>The texts of one language, with the placeholders <c>{brand}</c> and <c>{code}</c>.</summary>
/// <param name="Short">The code alone, for a message that has to carry more lines.</param>
/// <param name="Sms">The same and a warning not to share it; one SMS part with a brand of 20 characters.</param>
/// <param name="Voice">A sentence that says the code twice.</param>
internal sealed record VerificationTemplate(string Short, string Sms, string Voice);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Dictionary<string, VerificationTemplate>))]
[JsonSerializable(typeof(Dictionary<string, VerificationHint>))]
internal sealed partial class TextsJson : JsonSerializerContext
{
    public static FrozenDictionary<string, T> Load<T>(string file, JsonTypeInfo<Dictionary<string, T>> type)
    {
        using var stream = typeof(TextsJson).Assembly.GetManifestResourceStream(file)!;
        return JsonSerializer.Deserialize(stream, type)!.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
