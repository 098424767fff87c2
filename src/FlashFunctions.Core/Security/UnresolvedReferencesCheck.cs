using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Security;

/// <summary>
/// Start-up refuses a setting whose value is a Key Vault reference: the platform passes on the reference itself when it cannot read the
/// secret, and that text would then be used as a credential.
/// </summary>
public sealed class UnresolvedReferencesCheck(IConfiguration configuration) : IValidateOptions<ServiceOptions>
{
    private const string Reference = "@Microsoft.KeyVault(";
    private const string Remedy = "see that the secret exists and the app's identity may read it.";

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ServiceOptions options)
    {
        var unresolved = configuration.AsEnumerable()
            .Where(setting => setting.Value?.TrimStart().StartsWith(Reference, StringComparison.OrdinalIgnoreCase) == true)
            .Select(setting => $"{setting.Key} is a Key Vault reference that could not be resolved: {Remedy}")
            .ToArray();
        return unresolved.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(unresolved);
    }
}
