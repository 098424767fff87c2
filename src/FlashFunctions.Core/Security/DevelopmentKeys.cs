using System.Text;

namespace FlashFunctions.Core.Security;

/// <summary>Keys that anybody can read here: development starts without configured ones, and nothing else starts with these.</summary>
public static class DevelopmentKeys
{
    private const string KeyId = "dev";

    /// <summary>Base64 of a sentence.</summary>
    public static string Key { get; } = Convert.ToBase64String(Encoding.ASCII.GetBytes("for development only, not a secret"));

    /// <summary>Puts the development keys where development has none.</summary>
    public static void FillIn(SecurityOptions options, DevelopmentMode development)
    {
        if (!development.IsOn)
        {
            return;
        }

        if (options.ServiceKey.Length == 0)
        {
            options.ServiceKey = Key;
        }

        if (options.CodeKeys.Count == 0)
        {
            options.CodeKeys[KeyId] = Key;
            options.ActiveCodeKey = KeyId;
        }
    }
}
