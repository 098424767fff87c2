using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Providers.Resilience;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers;

/// <summary>Checks a configured provider's settings at start-up, and names each wrong one by its full configuration key.</summary>
internal sealed class ProviderOptionsValidator<TOptions>(string section, DevelopmentMode development) : IValidateOptions<TOptions>
    where TOptions : ProviderOptions
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<string> mistakes =
        [
            .. Attributes(options, section),
            .. Attributes(options.Circuit, $"{section}:{nameof(options.Circuit)}"),
            .. options.Addresses().Where(address => !IsAllowed(address.Address)).Select(Refusal),
            .. options.Mistakes().Select(mistake => $"{section}:{mistake}"),
        ];
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    private static IEnumerable<string> Attributes(object settings, string section)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        return results.Select(result => $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}");
    }

    // Credentials and phone numbers travel to this address.
    private bool IsAllowed(string address) =>
        string.IsNullOrEmpty(address)
        || (Uri.TryCreate(address, UriKind.Absolute, out var uri)
            && uri is { Query: "", Fragment: "", UserInfo: "" }
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IsAllowedInClear(uri))));

    private bool IsAllowedInClear(Uri uri) => development.IsOn || (uri.IsLoopback && !development.RunsOnAzure);

    private string Refusal((string Setting, string Address) refused) =>
        $"{section}:{refused.Setting}: must be an absolute https address without a query; http is for development and loopback hosts only.";
}
