using System.Security.Cryptography;
using System.Text;

namespace FlashFunctions.Core.Security;

/// <summary>Compares secrets in a time that says nothing about them, their length included. An empty secret equals nothing.</summary>
internal static class ConstantTime
{
    public static bool Equals(string secret, string? given) =>
        secret.Length > 0 && given is not null && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(secret)), SHA256.HashData(Encoding.UTF8.GetBytes(given)));
}
