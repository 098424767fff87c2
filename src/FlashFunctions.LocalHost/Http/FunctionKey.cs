using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.LocalHost.Http;

/// <summary>
/// The one key of this host, for functions that are not anonymous; it is shown in a header. With none configured nobody can show it. The
/// development key is public, so it counts only in development, and only for what a program on this machine sends to this machine by name.
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

    // The name that was called is looked at as well, since a web page can have its own name resolve to this machine, and a tunnel ends here.
    private static bool IsLocal(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } caller
        && IPAddress.IsLoopback(caller)
        && (string.Equals(request.Host.Host, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(request.Host.Host, out var called) && IPAddress.IsLoopback(called)))
        && !Array.Exists(ProxyHeaders, request.Headers.ContainsKey);
}
