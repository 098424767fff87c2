using System.Collections.Frozen;
using FlashFunctions.Core.Callbacks;

namespace FlashFunctions.Core.Input;

/// <summary>Parameters that several calls share.</summary>
public sealed class CommonInput(AddressGuard addresses)
{
    /// <summary>Languages of sms and voice in the source document.</summary>
    public static FrozenSet<string> Languages { get; } =
        ("am ar az bn de en es fa fr he hi hy id it ja ka kk km ky mg mn ms my ne ps pt ru si sn so sv sw ta tg tk uk ur uz vi zh")
        .Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>A documented language, with or without a region behind it (pt-BR); null where it is absent or wrong.</summary>
    public static string? Language(Fields fields)
    {
        var text = fields.Text("language", 16);
        if (text is not null && !Languages.Contains(text.Split('-', '_')[0]))
        {
            fields.Wrong("language", "is not a supported language");
            return null;
        }

        return text;
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
}
