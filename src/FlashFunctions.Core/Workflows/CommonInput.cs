using System.Collections.Frozen;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Workflows;

/// <summary>Parameters that several calls share.</summary>
public sealed class CommonInput(AddressGuard addresses)
{
    private const int LongestReference = 64;

    /// <summary>A documented language of sms and voice, with or without a region behind it (pt-BR); null where it is absent or wrong.</summary>
    public static string? Language(Fields fields) => Language(fields, SpokenLanguages.OfCodes);

    /// <summary>One of the languages, with or without a region behind it; null where it is absent or wrong.</summary>
    public static string? Language(Fields fields, FrozenSet<string> known)
    {
        var text = fields.Text("language", 16);
        if (text is not null && !known.Contains(Primary(text)))
        {
            fields.Wrong("language", "is not a supported language");
            return null;
        }

        return text;
    }

    /// <summary>A caller number of 6 to 15 digits in <c>from</c>, without its plus; null where it is absent or wrong.</summary>
    public static string? CallerNumber(Fields fields)
    {
        var digits = fields.Caller("from")?.TrimStart('+');
        if (digits is null || (digits.Length is >= 6 and <= 15 && digits.All(char.IsAsciiDigit)))
        {
            return digits;
        }

        fields.Wrong("from", "must be a caller number of 6 to 15 digits, with or without a plus");
        return null;
    }

    /// <summary>The caller's own id of what it asks for, 1 to 64 printable ASCII characters; null where it is absent or wrong.</summary>
    public static string? Reference(Fields fields)
    {
        var text = fields.Text("reference", LongestReference);
        if (text is null || text.All(character => character is >= ' ' and <= '~'))
        {
            return text;
        }

        fields.Wrong("reference", "must be printable ASCII characters");
        return null;
    }

    /// <summary>The address for callbacks; null where it is absent or wrong.</summary>
    public string? CallbackUrl(Fields fields)
    {
        var text = fields.Text("callbackUrl", 2_000);
        if (text is null || addresses.Fault(text) is not { } fault)
        {
            return text;
        }

        fields.Wrong("callbackUrl", fault);
        return null;
    }

    // Java, and so Android, still says iw and in for Hebrew and Indonesian.
    private static string Primary(string language) => language.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "iw" => "he",
        "in" => "id",
        var primary => primary,
    };
}
