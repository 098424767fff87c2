using System.Text;

namespace FlashFunctions.Core.Accounts;

/// <summary>A key id and its secret, as a caller sent them. Prints itself without the secret.</summary>
public sealed record Credentials(string KeyId, string Secret)
{
    private const int Longest = 64;

    /// <summary>
    /// Reads <c>Authorization: Basic base64(keyId:secret)</c> or <c>X-Authorization: AccessKey keyId:secret</c>; null where
    /// there is neither, or it cannot be read.
    /// </summary>
    public static Credentials? Read(string? authorization, string? accessKey)
    {
        if (After(accessKey, "AccessKey ") is { } plain)
        {
            return Split(plain);
        }

        var encoded = After(authorization, "Basic ");
        var bytes = new byte[256];
        return encoded is not null && Convert.TryFromBase64String(encoded, bytes, out var length)
            ? Split(Encoding.UTF8.GetString(bytes, 0, length))
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => KeyId;

    private static string? After(string? header, string scheme) =>
        header?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true ? header[scheme.Length..].Trim() : null;

    private static Credentials? Split(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon is > 0 and <= Longest && text.Length > colon + 1 && text[..colon].All(IsKeyCharacter)
            ? new Credentials(text[..colon], text[(colon + 1)..])
            : null;
    }

    /// <summary>Key ids stand in table keys.</summary>
    private static bool IsKeyCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.';
}
