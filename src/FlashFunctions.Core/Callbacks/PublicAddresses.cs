using System.Net;
using System.Net.Sockets;

namespace FlashFunctions.Core.Callbacks;

/// <summary>
/// Which addresses are public: reachable from anywhere, by the registries of special-purpose addresses (RFC 6890 and its successors),
/// and not the cloud's own.
/// </summary>
public static class PublicAddresses
{
    private static readonly IPNetwork[] NotPublicV4 = Networks(
        "0.0.0.0/8", // this network
        "10.0.0.0/8", // private
        "100.64.0.0/10", // shared by carriers
        "127.0.0.0/8", // loopback
        "168.63.129.16/32", // Azure's platform: DNS, health probes, agent
        "169.254.0.0/16", // link-local, and most clouds' metadata
        "172.16.0.0/12", // private
        "192.0.0.0/24", // protocol assignments
        "192.0.2.0/24", // documentation
        "192.88.99.0/24", // 6to4 relays
        "192.168.0.0/16", // private
        "198.18.0.0/15", // benchmarks
        "198.51.100.0/24", // documentation
        "203.0.113.0/24", // documentation
        "224.0.0.0/4", // multicast
        "240.0.0.0/4"); // reserved, broadcast

    // All that is public lies within the one block below. Tunnels (Teredo, 6to4) are left out whole: what they carry is another address.
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] NotPublicV6 = Networks(
        "2001::/23", // protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32", // documentation
        "2002::/16", // 6to4
        "3fff::/20"); // documentation

    // The public form of NAT64, through which an IPv6-only network reaches every IPv4 address; 64:ff9b:1::/48 is for local use.
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether the address is public, in whatever form it is written: an embedded IPv4 address is judged itself.</summary>
    public static bool Contains(IPAddress address) => address switch
    {
        { AddressFamily: AddressFamily.InterNetwork } => !Array.Exists(NotPublicV4, network => network.Contains(address)),
        { IsIPv4MappedToIPv6: true } => Contains(address.MapToIPv4()),
        _ when Nat64.Contains(address) => Contains(new IPAddress(address.GetAddressBytes().AsSpan(^4..))),
        _ => GlobalUnicast.Contains(address) && !Array.Exists(NotPublicV6, network => network.Contains(address)),
    };

    private static IPNetwork[] Networks(params string[] networks) => [.. networks.Select(IPNetwork.Parse)];
}
