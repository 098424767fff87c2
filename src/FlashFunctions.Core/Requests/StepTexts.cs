using FlashFunctions.Core.Texts;

namespace FlashFunctions.Core.Requests;

/// <summary>What a step says: what the account wrote, or a verification's own words around the code.</summary>
public sealed class StepTexts(IOptions<VerificationOptions> options)
{
    /// <summary>Option of a verification: the hash of the Android app that waits for its SMS.</summary>
    public const string AppHash = "appHash";

    /// <summary>Option of a verification: the domain of the page that waits for its SMS.</summary>
    public const string WebOtpDomain = "webOtpDomain";

    /// <summary>The text of a step; null where it needs none, or where the provider writes it around a code of its own.</summary>
    public string? Of(RequestRecord request, WorkflowStep step, string? code)
    {
        if (request.Verification is null)
        {
            return step.Text ?? request.Content.Text;
        }

        var brand = options.Value.Brand;
        return (step.Channel, code) switch
        {
            (Channel.Sms, not null) => VerificationTexts.Sms(
                request.Content.Language, code, brand, Option(request, AppHash), Option(request, WebOtpDomain)),
            (Channel.Voice, not null) => VerificationTexts.Voice(request.Content.Language, code, brand),
            _ => null,
        };
    }

    /// <summary>
    /// The language as the providers list it: without a region, and English where it is not spoken; null where none was asked for.
    /// </summary>
    public static string? LanguageOf(RequestRecord request) =>
        request.Content.Language is { } language ? VerificationTexts.LanguageFor(language) : null;

    private static string? Option(RequestRecord request, string name) => request.Content.Options?.GetValueOrDefault(name);
}
