using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.LocalHost.Http;

/// <summary>
/// This host's key for functions that are not anonymous, sent in a header. Without a configured key every such call is refused. The
/// development key is public, so it is accepted only in development, and only from a program on this machine that calls this machine by
/// name.
/// </summary>
internal sealed class FunctionKey(IConfiguration configuration, IHostEnvironment environment)
{
    public const string Setting = "LocalHost:FunctionKey";
    public const string ForDevelopment = "development-function-key";

    private static readonly string[] ProxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"];

    private readonly byte[] _key = Encoding.UTF8.GetBytes(configuration[Setting] ?? "");
    private readonly bool _isForDevelopment = configuration[Setting] == ForDevelopment;

    public bool IsShownBy(HttpRequest request) =>
        request.Headers.TryGetValue("x-functions-key", out var shown)
        && _key.Length > 0
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown.ToString()), _key)
        && (!_isForDevelopment || (environment.IsDevelopment() && IsLocal(request)));

    // The host name is checked too, since a web page's own name can resolve to this machine, and a tunnel can end here.
    private static bool IsLocal(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } caller
        && IPAddress.IsLoopback(caller)
        && (string.Equals(request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(request.Host.Host, out var called) && IPAddress.IsLoopback(called)))
        && !Array.Exists(ProxyHeaders, request.Headers.ContainsKey);
}
