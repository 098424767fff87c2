using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace FlashFunctions.Core.Providers.Revicom;

/// <summary>Revicom Direct (i-dgtl), section <c>Providers:Revicom</c>. Source: Revicom's page “Sending FLASHCALL”.</summary>
public sealed partial class RevicomOptions : ProviderOptions
{
    public const string Section = "Providers:Revicom";

    /// <summary>Base address https://direct.revicom.ltd; 100 requests a second (the document names no limit).</summary>
    public RevicomOptions()
    {
        BaseAddress = "https://direct.revicom.ltd";
        RequestsPerSecond = 100;
    }

    /// <summary>The message token, sent as <c>Authorization: Basic {token}</c> exactly as it is here.</summary>
    [Required]
    [RegularExpression("[!-~]+", ErrorMessage = "must be printable ASCII without spaces.")]
    public string Token { get; set; } = "";

    /// <summary>Where conversions are reported: another host than for messages. Default https://direct.i-dgtl.ru.</summary>
    [Required]
    public string ConversionBaseAddress { get; set; } = "https://direct.i-dgtl.ru";

    /// <summary>The token for conversions, sent as <c>Authorization: Bearer {token}</c>. Default: <see cref="Token"/>.</summary>
    [RegularExpression("[!-~]*", ErrorMessage = "must be printable ASCII without spaces.")]
    public string ConversionToken { get; set; } = "";

    /// <summary>Any text; Revicom asks for one and shows it to nobody who is called. 1 to 64 characters, default FlashFunctions.</summary>
    [Required]
    [StringLength(64)]
    public string SenderName { get; set; } = "FlashFunctions";

    /// <summary>Tags of each message, separated by commas; each of letters, digits and underscores. Default: none.</summary>
    public string Tags { get; set; } = "";

    /// <summary>
    /// The events to be called back for, separated by commas. Default <c>sent,delivered</c>, the two that the document names; without any,
    /// Revicom would tell of <c>delivered</c> only.
    /// </summary>
    [Required]
    public string CallbackEvents { get; set; } = "sent,delivered";

    /// <summary>The longest code. 4 (default) to 6; Revicom carries more than 4 digits by arrangement only.</summary>
    [Range(4, 6)]
    public int MaxCodeLength { get; set; } = 4;

    /// <summary>
    /// How long a step waits unless its workflow says otherwise. 5 to 600 seconds, default 70 seconds, the least that the document
    /// recommends.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:10:00")]
    public TimeSpan StepWait { get; set; } = TimeSpan.FromSeconds(70);

    internal IReadOnlyList<string> TagList => List(Tags);

    internal IReadOnlyList<string> EventList => List(CallbackEvents);

    internal string ReportToken => ConversionToken.Length == 0 ? Token : ConversionToken;

    protected override IEnumerable<string> Credentials => [Token, ConversionToken];

    internal override IEnumerable<(string Setting, string Address)> Addresses() =>
        [.. base.Addresses(), (nameof(ConversionBaseAddress), ConversionBaseAddress)];

    internal override IEnumerable<string> Mistakes() =>
    [
        .. TagList.Where(tag => !Tag().IsMatch(tag))
            .Select(tag => $"{nameof(Tags)}: '{tag}' may hold letters, digits and underscores only."),
        .. EventList.Count == 0 ? [$"{nameof(CallbackEvents)}: names no event."] : Array.Empty<string>(),
    ];

    [GeneratedRegex(@"^\w+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();

    private static string[] List(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
