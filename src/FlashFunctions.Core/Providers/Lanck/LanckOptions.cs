using System.ComponentModel.DataAnnotations;
using System.Text;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>Lanck, section <c>Providers:Lanck</c>. Source: Lanck's REST API v1.</summary>
public sealed class LanckOptions : ProviderOptions
{
    public const string Section = "Providers:Lanck";

    /// <summary>28 requests a second, below the 30 that Lanck allows an account. The base address ends in /v1 and has no default.</summary>
    public LanckOptions() => RequestsPerSecond = 28;

    /// <summary>The id of the access token.</summary>
    [Required]
    [RegularExpression("[!-9;-~]+", ErrorMessage = "must be printable ASCII without spaces and colons.")]
    public string TokenId { get; set; } = "";

    /// <summary>The secret of the access token; both go into <c>Authorization: Basic base64(id:secret)</c>.</summary>
    [Required]
    [RegularExpression("[!-~]+", ErrorMessage = "must be printable ASCII without spaces.")]
    public string TokenSecret { get; set; } = "";

    /// <summary>
    /// The secret end of the address for inbound SMS that is entered in Lanck's account:
    /// <c>{public}/webhooks/lanck/inbound-sms/{token}</c>. 16 to 128 letters, digits, dashes and underscores. Default: none, and inbound
    /// SMS are refused.
    /// </summary>
    [RegularExpression("([A-Za-z0-9_-]{16,128})?", ErrorMessage = "must be 16 to 128 letters, digits, dashes and underscores.")]
    public string InboundSmsToken { get; set; } = "";

    internal string Credential => Convert.ToBase64String(Encoding.ASCII.GetBytes($"{TokenId}:{TokenSecret}"));

    protected override IEnumerable<string> Credentials => [TokenId, TokenSecret];
}
