using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Security;

/// <summary>The service's keys. Each is base64 of at least 32 random bytes.</summary>
public sealed class SecurityOptions
{
    public const string Section = "Security";

    /// <summary>Long-lived: keyed hashes of phone numbers and the tokens in callback addresses come from it.</summary>
    [Required]
    public string ServiceKey { get; set; } = "";

    /// <summary>
    /// Service keys that <see cref="ServiceKey"/> has replaced, the latest first: what was sealed, hashed or signed with them is still
    /// accepted, and what is written again is written with the new one. Empty ones are ignored. Default: none.
    /// </summary>
    public IList<string> PreviousServiceKeys { get; } = [];

    /// <summary>
    /// Keys that codes are derived from, by key id (1 to 16 letters or digits). Keep an old one for a day after rotating.
    /// </summary>
    [Required]
    [MinLength(1)]
    public IDictionary<string, string> CodeKeys { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The id of the code key that new requests use.</summary>
    [Required]
    public string ActiveCodeKey { get; set; } = "";
}
