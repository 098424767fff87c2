using System.Collections.Frozen;

namespace FlashFunctions.Core.Primitives;

/// <summary>Languages as the source document lists them, in its two-letter names. Default: <see cref="Default"/>.</summary>
public static class SpokenLanguages
{
    public const string Default = "en";

    /// <summary>Of a code that is sent by SMS or spoken.</summary>
    public static FrozenSet<string> OfCodes { get; } = FrozenSet.ToFrozenSet(
        [
            "am", "ar", "az", "bn", "de", "en", "es", "fa", "fr", "he", "hi", "hy", "id", "it", "ja", "ka", "kk", "km", "ky", "mg", "mn",
            "ms", "my", "ne", "ps", "pt", "ru", "si", "sn", "so", "sv", "sw", "ta", "tg", "tk", "uk", "ur", "uz", "vi", "zh",
        ],
        StringComparer.Ordinal);

    /// <summary>Of a text that is spoken.</summary>
    public static FrozenSet<string> OfTexts { get; } = FrozenSet.ToFrozenSet(["en", "ru"], StringComparer.Ordinal);
}
