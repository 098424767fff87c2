using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Providers.Unibell;

/// <summary>Unibell, section <c>Providers:Unibell</c>. Source: Unibell's page “FlashCall API”.</summary>
public sealed class UnibellOptions : ProviderOptions
{
    public const string Section = "Providers:Unibell";

    /// <summary>
    /// Base address https://api.unibell.ru; 28 requests a second, below the 30 of the error table that it shares with Lanck.
    /// </summary>
    public UnibellOptions()
    {
        BaseAddress = "https://api.unibell.ru";
        RequestsPerSecond = 28;
    }

    /// <summary>The access key, sent as <c>X-Authorization: AccessKey {key}</c>.</summary>
    [Required]
    [RegularExpression("[!-~]+", ErrorMessage = "must be printable ASCII without spaces.")]
    public string ApiKey { get; set; } = "";

    /// <summary>The <c>appKey</c> that Unibell puts into each callback. Printable ASCII.</summary>
    [Required]
    [RegularExpression("[!-~]+", ErrorMessage = "must be printable ASCII without spaces.")]
    public string WebhookAppKey { get; set; } = "";

    /// <summary>
    /// The secret end of the callback address that is entered in Unibell's account: <c>{public}/webhooks/unibell/{token}</c>.
    /// 16 to 128 letters, digits, dashes and underscores.
    /// </summary>
    [Required]
    [RegularExpression("[A-Za-z0-9_-]{16,128}", ErrorMessage = "must be 16 to 128 letters, digits, dashes and underscores.")]
    public string WebhookToken { get; set; } = "";

    protected override IEnumerable<string> Credentials => [ApiKey, WebhookAppKey, WebhookToken];
}
