using System.Net;

namespace FlashFunctions.Http;

/// <summary>Where a call came from, as far as the host says.</summary>
public static class CallerAddress
{
    private const string Forwarded = "X-Forwarded-For";

    /// <summary>
    /// The caller's address, or null. Where the call came through a proxy on this machine, as on the Functions host, it is what the proxy
    /// added to the header last: the caller may have made up anything before that.
    /// </summary>
    public static string? Of(HttpRequest request)
    {
        var remote = request.HttpContext.Connection.RemoteIpAddress;
        var last = request.Headers[Forwarded].ToString().Split(',')[^1].Trim();
        return (remote is null || IPAddress.IsLoopback(remote)) && IPEndPoint.TryParse(last, out var forwarded)
            ? Text(forwarded.Address)
            : remote is null ? null : Text(remote);
    }

    private static string Text(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
