namespace FlashFunctions.Simulator;

/// <summary>Languages that the source document lists.</summary>
internal static class LanckLanguages
{
    public const string Default = "en";

    /// <summary>Of codes by SMS and by voice.</summary>
    public static IReadOnlyList<string> OfCodes { get; } =
        ("am ar az bn de en es fa fr he hi hy id it ja ka kk km ky mg mn ms my ne ps pt ru si sn so sv sw ta tg tk uk ur uz vi zh").Split(' ');

    /// <summary>Of text that is spoken.</summary>
    public static IReadOnlyList<string> OfSpeech { get; } = ["en", "ru"];
}
