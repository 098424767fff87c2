using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure.Core;

namespace Azure.Substitutes;

/// <summary>An account's key at work: HMAC-SHA-256 over a string that each service composes in its own way.</summary>
internal sealed class SharedKey(string account, string key)
{
    private readonly byte[] _key = Convert.FromBase64String(key);

    public string Account => account;

    public string Sign(string text) => Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)));

    /// <summary>Signed anew for every try, since the service refuses a date that is 15 minutes old.</summary>
    public static string Date() => TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);

    public static string Header(Request request, string name) => request.Headers.TryGetValue(name, out var value) ? value : "";
}
