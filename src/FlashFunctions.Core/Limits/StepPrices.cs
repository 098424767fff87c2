using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Texts;

namespace FlashFunctions.Core.Limits;

/// <summary>How what is sent is counted in prices, section <c>Spend</c>.</summary>
public sealed class SpendOptions
{
    public const string Section = "Spend";

    /// <summary>
    /// How many characters a second a text is read at: 1 to 50, default 12. A digit is read as a word and counts as five.
    /// </summary>
    [Range(1, 50)]
    public int SpeechCharactersPerSecond { get; set; } = 12;

    /// <summary>How many seconds of speech one price pays for, each begun one whole: 1 to 600, default 30.</summary>
    [Range(1, 600)]
    public int SpeechSeconds { get; set; } = 30;
}

/// <summary>
/// What a step costs by a provider: an SMS its price for each part, a text that is spoken its price for each begun 30 seconds at the
/// configured speed, anything else its price once. A flow that is handed to a provider costs what all its messages cost, which is the
/// dearest way through it.
/// </summary>
public sealed class StepPrices(PriceTable prices, StepTexts texts, Routing routing, IOptions<SpendOptions> options)
{
    private const int CharactersOfADigit = 5;

    /// <summary>The price in millionths, or null where any of it has none in that currency.</summary>
    public long? UnitsOf(RequestRecord request, int step, string provider, string currency)
    {
        var wanted = request.Steps[step];
        if (wanted.Flow is not { } flow)
        {
            return UnitsOf(request, wanted.Channel, TextOf(request, wanted, provider), provider, currency);
        }

        long? all = 0;
        foreach (var message in flow)
        {
            all += UnitsOf(request, message.Channel, message.Text, provider, currency);
        }

        return all;
    }

    /// <summary>
    /// The price in the price table's own currency; null where any of it has none, and for a test number, which costs nothing.
    /// </summary>
    public long? UnitsOf(RequestRecord request, int step, string provider) =>
        prices.Currency is { } currency && !request.IsTest ? UnitsOf(request, step, provider, currency) : null;

    private long? UnitsOf(RequestRecord request, Channel channel, string? text, string provider, string currency) =>
        prices.UnitsOf(provider, request.Product, ApiNames.Of(channel), request.Number, currency) * TimesOf(channel, text);

    /// <summary>How often the price is paid. A text that the provider writes around its own code is a short one.</summary>
    private long TimesOf(Channel channel, string? text) => (channel, text) switch
    {
        (Channel.Sms, not null) => Gsm7.Parts(text),
        (Channel.Speech or Channel.Voice, not null) => PartsOfSpeech(text),
        _ => 1,
    };

    private long PartsOfSpeech(string text)
    {
        var characters = text.Sum(character => char.IsDigit(character) ? CharactersOfADigit : 1);
        var ofAPart = options.Value.SpeechCharactersPerSecond * options.Value.SpeechSeconds;
        return Math.Max(1, (characters + ofAPart - 1) / ofAPart);
    }

    /// <summary>The text that the step will say, with any code of the right length in it: its digits are all equally long.</summary>
    private string? TextOf(RequestRecord request, WorkflowStep step, string provider)
    {
        var length = request.CodeLength;
        var isOurs = routing.Find(provider)?.CapabilityFor(step.Channel, length) is { Source: CodeSource.Ours };
        return texts.Of(request, step, isOurs && length > 0 ? new string('0', length) : null);
    }
}
