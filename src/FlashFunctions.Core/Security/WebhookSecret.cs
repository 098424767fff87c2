using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace FlashFunctions.Core.Security;

/// <summary>
/// A secret that callbacks are signed with, in the form of the Standard Webhooks specification: <c>whsec_</c> and the base64 of 24 to 64
/// bytes. <c>ToString</c> masks it; <see cref="Reveal"/> returns it.
/// </summary>
public sealed class WebhookSecret : IParsable<WebhookSecret>
{
    private const string Prefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;
    private const int GeneratedBytes = 32;
    private readonly byte[] _key;

    private WebhookSecret(byte[] key) => _key = key;

    internal ReadOnlySpan<byte> Key => _key;

    /// <summary>A new random secret of 32 bytes.</summary>
    public static WebhookSecret Generate() => new(RandomNumberGenerator.GetBytes(GeneratedBytes));

    public static WebhookSecret Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var secret)
            ? secret
            : throw new FormatException($"A webhook secret is {Prefix} and the base64 of {LeastBytes} to {MostBytes} bytes.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out WebhookSecret result)
    {
        Span<byte> key = stackalloc byte[MostBytes];
        var valid = s is not null
            && s.StartsWith(Prefix, StringComparison.Ordinal)
            && !s.Any(char.IsWhiteSpace)
            && Convert.TryFromBase64Chars(s.AsSpan(Prefix.Length), key, out var length)
            && (key = key[..length]).Length >= LeastBytes;
        result = valid ? new WebhookSecret(key.ToArray()) : null;
        CryptographicOperations.ZeroMemory(key);
        return valid;
    }

    /// <summary>The secret as accounts are given it.</summary>
    public string Reveal() => Prefix + Convert.ToBase64String(_key);

    public override string ToString() => $"{Prefix}****";
}
