using System.ComponentModel.DataAnnotations;

namespace SignUp;

/// <summary>How this backend reaches FlashFunctions, section <c>FlashFunctions</c>. The defaults are those of <c>./run</c>.</summary>
public sealed class FlashFunctionsOptions
{
    public const string Section = "FlashFunctions";

    /// <summary>The address of the service.</summary>
    [Required]
    public Uri Address { get; set; } = new("http://localhost:7071");

    /// <summary>The key id and secret of the account's token. Keep the secret in a secret store, never in an app.</summary>
    [Required]
    public string KeyId { get; set; } = "dev";

    [Required]
    public string Secret { get; set; } = "dev-secret";

    /// <summary>Where callbacks reach this backend.</summary>
    [Required]
    public Uri CallbackUrl { get; set; } = new("http://localhost:5080/callbacks/flashfunctions");

    /// <summary>The account's callback secret, <c>whsec_…</c>; without it callbacks are refused.</summary>
    public string? CallbackSecret { get; set; }
}
