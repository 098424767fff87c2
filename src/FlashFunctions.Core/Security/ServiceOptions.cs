using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace FlashFunctions.Core.Security;

public sealed class ServiceOptions
{
    public const string Section = "Service";

    /// <summary>The address under which providers reach this service, without a path: https on Azure.</summary>
    [Required]
    [Url]
    public string PublicAddress { get; set; } = "";
}

/// <summary>
/// Start-up refuses any setting whose value is a Key Vault reference: the platform passes on the reference itself when it cannot read the
/// secret, and that text would then be used as a credential.
/// </summary>
public sealed class UnresolvedReferencesCheck(IConfiguration configuration) : OptionsCheck<ServiceOptions>
{
    private const string Reference = "@Microsoft.KeyVault(";
    private const string Remedy = "see that the secret exists and the app's identity may read it.";

    protected override IEnumerable<string> MistakesIn(ServiceOptions options) => configuration.AsEnumerable()
        .Where(setting => setting.Value?.TrimStart().StartsWith(Reference, StringComparison.OrdinalIgnoreCase) == true)
        .Select(setting => $"{setting.Key} is a Key Vault reference that could not be resolved: {Remedy}");
}

/// <summary>
/// Start-up refuses an address that providers cannot call, and on Azure one by which they would report in clear.
/// </summary>
public sealed class ServiceOptionsCheck(DevelopmentMode development) : OptionsCheck<ServiceOptions>
{
    private const string Fault =
        "Service:PublicAddress must be an absolute https or http address without a query, on Azure https.";

    protected override IEnumerable<string> MistakesIn(ServiceOptions options) =>
        Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var address)
        && address is { Query: "", Fragment: "", UserInfo: "" }
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && !development.RunsOnAzure))
            ? []
            : [Fault];
}
