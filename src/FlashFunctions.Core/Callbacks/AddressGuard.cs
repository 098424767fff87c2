using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Callbacks;

/// <summary>Finds the addresses of a host: <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>, and in tests what they say.</summary>
public delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Lets callbacks out to public addresses only. What an address spells out is judged when a request is made (<see cref="Fault"/>);
/// what its host resolves to, by every connection, which is made to the very address that was judged.
/// </summary>
public sealed class AddressGuard(IOptions<CallbackOptions> options, HostResolver resolve)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    // Resolves and judges again now and then, also where a connection is kept busy.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly int[] _ports = options.Value.Ports() ?? [];

    /// <summary>What is wrong with a callback address as written, in a few words for the caller's developer; null when it may be tried.</summary>
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

        // A proxy would do the resolving, unguarded.
        UseProxy = false,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        var encrypted = string.Equals(context.InitialRequestMessage.RequestUri?.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);

        // One bad address among good ones is enough: which of them a later connection takes is not ours to choose.
        if (Array.Exists(addresses, address => !Allows(address, encrypted)))
        {
            throw new AddressRefusedException();
        }

        return await FirstThatAnswersAsync(addresses, port, cancellationToken);
    }

    private bool Allows(IPAddress address, bool encrypted) =>
        (encrypted && PublicAddresses.Contains(address)) || (options.Value.AllowLoopback && IPAddress.IsLoopback(address));

    private static async Task<Stream> FirstThatAnswersAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var failure = new SocketException((int)SocketError.HostNotFound);
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException exception)
            {
                failure = exception;
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure;
    }
}
