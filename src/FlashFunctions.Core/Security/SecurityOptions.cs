using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text;

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

/// <summary>Start-up refuses a missing or short key. The message names the setting and never its value.</summary>
public sealed class SecurityOptionsCheck(DevelopmentMode development) : OptionsCheck<SecurityOptions>
{
    private const int LeastBytes = 32;

    protected override IEnumerable<string> MistakesIn(SecurityOptions options)
    {
        (string Setting, string Key)[] keys =
        [
            ("Security:ServiceKey", options.ServiceKey),
            .. options.PreviousServiceKeys.Index().Where(previous => previous.Item.Length > 0)
                .Select(previous => ($"Security:PreviousServiceKeys:{previous.Index}", previous.Item)),
            .. options.CodeKeys.Select(code => ($"Security:CodeKeys:{code.Key}", code.Value)),
        ];
        foreach (var (setting, key) in keys)
        {
            if (!Base64.IsValid(key, out var length) || length < LeastBytes)
            {
                yield return $"{setting} must be base64 of at least {LeastBytes} random bytes (openssl rand -base64 32).";
            }

            if (key == DevelopmentKeys.Key && !development.IsOn)
            {
                yield return $"{setting} is the key for development, which everybody knows.";
            }
        }

        foreach (var id in options.CodeKeys.Keys.Where(id => id.Length is 0 or > 16 || !id.All(char.IsAsciiLetterOrDigit)))
        {
            yield return $"Security:CodeKeys:{id}: a key id is 1 to 16 letters or digits.";
        }

        if (!options.CodeKeys.ContainsKey(options.ActiveCodeKey))
        {
            yield return "Security:ActiveCodeKey must name one of Security:CodeKeys.";
        }
    }
}

/// <summary>Keys that anybody can read here: development starts without configured ones, and nothing else starts with these.</summary>
public static class DevelopmentKeys
{
    private const string KeyId = "dev";

    public static string Key { get; } = Convert.ToBase64String(Encoding.ASCII.GetBytes("for development only, not a secret"));

    /// <summary>Puts the development keys where development has none.</summary>
    public static void FillIn(SecurityOptions options, DevelopmentMode development)
    {
        if (!development.IsOn)
        {
            return;
        }

        if (options.ServiceKey.Length == 0)
        {
            options.ServiceKey = Key;
        }

        if (options.CodeKeys.Count == 0)
        {
            options.CodeKeys[KeyId] = Key;
            options.ActiveCodeKey = KeyId;
        }
    }
}
