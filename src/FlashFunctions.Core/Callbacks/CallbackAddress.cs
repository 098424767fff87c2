using System.Net;
using System.Text;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Judges a callback address by what it spells out; nothing is resolved.</summary>
internal static class CallbackAddress
{
    private const int LongestAddress = 2048;
    private static readonly string[] LocalDomains = ["localhost", "local", "localdomain", "internal", "home.arpa"];

    /// <summary>What is wrong, or null. An address of forms that only some parsers read as an IP address is always refused.</summary>
    public static string? Fault(string address, bool allowLoopback, int[] ports)
    {
        if (address.Length > LongestAddress)
        {
            return $"must have at most {LongestAddress} characters";
        }

        // Nothing that two parsers might read differently.
        if (!Ascii.IsValid(address) || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || !IsWeb(address, uri))
        {
            return "must be an https address (international names in their xn-- form)";
        }

        return HasUserInfo(address) ? "must not hold a user name or password" : HostFault(uri, allowLoopback, ports);
    }

    // In the text, since Uri does not tell an empty one from none.
    private static bool HasUserInfo(string address)
    {
        var authority = address.AsSpan(address.IndexOf("://", StringComparison.Ordinal) + 3);
        var end = authority.IndexOfAny('/', '?', '#');
        return authority[..(end < 0 ? authority.Length : end)].Contains('@');
    }

    private static bool IsWeb(string address, Uri uri) =>
        uri.Scheme is "https" or "http"
        && address.StartsWith($"{uri.Scheme}://", StringComparison.OrdinalIgnoreCase)
        && uri.Port > 0
        && uri.HostNameType is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6;

    private static string? HostFault(Uri uri, bool allowLoopback, int[] ports)
    {
        var host = uri.IdnHost.TrimEnd('.');
        var isAddress = IPAddress.TryParse(host, out var ip);
        if (allowLoopback && (isAddress ? IPAddress.IsLoopback(ip!) : IsWithin(host, "localhost")))
        {
            return null;
        }

        var isPublic = isAddress ? PublicAddresses.Contains(ip!) : IsPublicName(host);
        return !isPublic ? "must be a public address"
            : uri.Scheme is not "https" ? "must be an https address"
            : ports.Contains(uri.Port) ? null
            : $"must have port {string.Join(" or ", ports)}";
    }

    private static bool IsPublicName(string host) =>
        host.Contains('.', StringComparison.Ordinal)
        && !EndsInNumber(host)
        && !Array.Exists(LocalDomains, domain => IsWithin(host, domain));

    // 127.0.0.08 and the like: no IP address to .NET, yet one to some resolvers. No top-level domain begins with a digit.
    private static bool EndsInNumber(string host) => char.IsAsciiDigit(host[host.LastIndexOf('.') + 1]);

    private static bool IsWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');
}
