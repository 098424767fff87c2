using System.Buffers.Text;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

/// <summary>Start-up refuses a missing or short key. The message names the setting and never its value.</summary>
public sealed class SecurityOptionsCheck(DevelopmentMode development) : IValidateOptions<SecurityOptions>
{
    private const int LeastBytes = 32;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var faults = new List<string>();
        Check("Security:ServiceKey", options.ServiceKey, faults);
        foreach (var (index, key) in options.PreviousServiceKeys.Index().Where(previous => previous.Item.Length > 0))
        {
            Check($"Security:PreviousServiceKeys:{index}", key, faults);
        }

        foreach (var (id, key) in options.CodeKeys)
        {
            Check($"Security:CodeKeys:{id}", key, faults);
            if (id.Length is 0 or > 16 || !id.All(char.IsAsciiLetterOrDigit))
            {
                faults.Add($"Security:CodeKeys:{id}: a key id is 1 to 16 letters or digits.");
            }
        }

        if (!options.CodeKeys.ContainsKey(options.ActiveCodeKey))
        {
            faults.Add("Security:ActiveCodeKey must name one of Security:CodeKeys.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private void Check(string setting, string value, List<string> faults)
    {
        if (!Base64.IsValid(value, out var length) || length < LeastBytes)
        {
            faults.Add($"{setting} must be base64 of at least {LeastBytes} random bytes (openssl rand -base64 32).");
        }

        if (value == DevelopmentKeys.Key && !development.IsOn)
        {
            faults.Add($"{setting} is the key for development, which everybody knows.");
        }
    }
}
