using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.LocalHost.Http;

/// <summary>The one key of this host, for functions that are not anonymous. With none configured nobody can show it.</summary>
internal sealed class FunctionKey(IConfiguration configuration)
{
    public const string Setting = "LocalHost:FunctionKey";

    private readonly byte[] _key = Encoding.UTF8.GetBytes(configuration[Setting] ?? "");

    public bool IsShownBy(HttpRequest request)
    {
        string? shown = request.Headers.TryGetValue("x-functions-key", out var header) ? header : request.Query["code"];
        return _key.Length > 0 && shown is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), _key);
    }
}
