using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Resolves a host's name: <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>, or what a test says.</summary>
public delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Allows callbacks to public addresses only. The text of an address is checked when a request is made (<see cref="Fault"/>). What its host
/// resolves to is checked for every connection, which goes to the very address that was checked.
/// </summary>
public sealed class AddressGuard(IOptions<CallbackOptions> options, HostResolver resolve)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // The host is resolved and checked again after this long, even where the connection is busy.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly int[] _ports = options.Value.Ports() ?? [];

    /// <summary>
    /// What is wrong with the text of a callback address, in a few words for the caller's developer; null when it may be tried.
    /// </summary>
    public string? Fault(string address) => CallbackAddress.Fault(address, options.Value.AllowLoopback, _ports);

    /// <summary>
    /// A handler that connects to public addresses only and follows no redirect. A connection that it refuses ends as an
    /// <see cref="HttpRequestException"/> with an <see cref="AddressRefusedException"/> inside.
    /// </summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = ConnectTimeout,
        PooledConnectionLifetime = ConnectionLifetime,
        UseCookies = false,

        // A proxy would resolve the host itself, unchecked.
        UseProxy = false,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        var encrypted = string.Equals(context.InitialRequestMessage.RequestUri?.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);

        // One bad address among good ones is enough to refuse: a later connection may go to any of them.
        if (Array.Exists(addresses, address => !Allows(address, encrypted)))
        {
            throw new AddressRefusedException();
        }

        if (addresses.Length == 0)
        {
            throw new SocketException((int)SocketError.HostNotFound);
        }

        // One address after the other, until one answers.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool Allows(IPAddress address, bool encrypted) =>
        (encrypted && PublicAddresses.Contains(address)) || (options.Value.AllowLoopback && IPAddress.IsLoopback(address));
}

/// <summary>Checks the text of a callback address; nothing is resolved.</summary>
internal static class CallbackAddress
{
    private const int LongestAddress = 2048;
    private static readonly string[] LocalDomains = ["localhost", "local", "localdomain", "internal", "home.arpa"];

    /// <summary>What is wrong, or null. A host that only some parsers read as an IP address is always refused.</summary>
    public static string? Fault(string address, bool allowLoopback, int[] ports)
    {
        if (address.Length > LongestAddress)
        {
            return $"must have at most {LongestAddress} characters";
        }

        // Refuses what two parsers might read differently.
        if (!Ascii.IsValid(address) || !Uri.TryCreate(address, UriKind.Absolute, out var uri) || !IsWeb(address, uri))
        {
            return "must be an https address (international names in their xn-- form)";
        }

        return HasUserInfo(address) ? "must not hold a user name or password" : HostFault(uri, allowLoopback, ports);
    }

    // Read from the text, since Uri does not tell an empty user name from none.
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

    // 127.0.0.08 is no IP address to .NET, but some resolvers read it as one. No top-level domain begins with a digit.
    private static bool EndsInNumber(string host) => char.IsAsciiDigit(host[host.LastIndexOf('.') + 1]);

    private static bool IsWithin(string host, string domain) =>
        host.EndsWith(domain, StringComparison.OrdinalIgnoreCase) && (host.Length == domain.Length || host[^(domain.Length + 1)] == '.');
}

/// <summary>
/// A callback's host has an address that is not public. <see cref="CallbackSender"/> turns it into a failed try, which is retried, since a
/// name may resolve to another address later.
/// </summary>
public sealed class AddressRefusedException : Exception
{
    public AddressRefusedException() : base("The host has an address that is not public.") { }

    public AddressRefusedException(string message) : base(message) { }

    public AddressRefusedException(string message, Exception innerException) : base(message, innerException) { }
}
