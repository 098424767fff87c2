using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Providers.Bird;

/// <summary>
/// Bird, section <c>Providers:Bird</c>. Source: Bird's page “Flash Calling API”; for the webhook's signature, its public webhook pages.
/// </summary>
public sealed class BirdOptions : ProviderOptions
{
    public const string Section = "Providers:Bird";

    private readonly Lazy<BirdPool?> _pool;

    /// <summary>Base address https://api.bird.com; 100 requests a second (the document names no limit).</summary>
    public BirdOptions()
    {
        BaseAddress = "https://api.bird.com";
        RequestsPerSecond = 100;
        _pool = new(() => BirdPool.Parse(CallerNumbers));
    }

    /// <summary>The access key, sent as <c>Authorization: AccessKey {key}</c>.</summary>
    [Required]
    [RegularExpression("[!-~]+", ErrorMessage = "must be printable ASCII without spaces.")]
    public string AccessKey { get; set; } = "";

    /// <summary>The workspace, a uuid.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9-]{1,64}", ErrorMessage = "must be letters, digits and dashes.")]
    public string WorkspaceId { get; set; } = "";

    /// <summary>The voice channel, a uuid.</summary>
    [Required]
    [RegularExpression("[A-Za-z0-9-]{1,64}", ErrorMessage = "must be letters, digits and dashes.")]
    public string ChannelId { get; set; } = "";

    /// <summary>The signing key of the webhook subscription (service voice, event voice.outbound).</summary>
    [Required]
    public string WebhookSigningKey { get; set; } = "";

    /// <summary>
    /// The numbers that a call may come from, E.164, separated by commas, each a number or a range of them
    /// (<c>+37282320000-+37282329999</c>); at most 100,000. Default: none, and Bird chooses. A code from a pool is as hard to guess as the
    /// pool has distinct tails: 10,000 of four digits carry 4 digits, 1,000 carry 3. A verification that asks for more passes Bird over
    /// (in development it does not), and a pool that carries fewer than 4 is named at start-up and in health.
    /// </summary>
    public string CallerNumbers { get; set; } = "";

    /// <summary>
    /// Without <see cref="CallerNumbers"/>: how many distinct tails the numbers have that Bird chooses from, as agreed with Bird. 0 to
    /// 1,000,000, default 0, with which no verification comes to Bird; calls/flash does.
    /// </summary>
    [Range(0, 1_000_000)]
    public int AssumedTails { get; set; }

    /// <summary>The numbers of <see cref="CallerNumbers"/>; null when it cannot be read.</summary>
    internal BirdPool? Pool => _pool.Value;

    /// <summary>How many distinct tails of that length the numbers have that Bird calls from.</summary>
    internal int Tails(int codeLength) => Pool is { IsEmpty: false } pool ? pool.Tails(codeLength) : AssumedTails;

    /// <summary>How many digits of entropy a code of that length has: the logarithm of the tails, rounded down.</summary>
    internal int Digits(int codeLength) => $"{Tails(codeLength)}".Length - 1;

    protected override IEnumerable<string> Credentials => [AccessKey, WorkspaceId, ChannelId, WebhookSigningKey];

    internal override IEnumerable<string> Mistakes() => Pool is null
        ? [$"{nameof(CallerNumbers)}: must be E.164 numbers and ranges of them, separated by commas, at most {BirdPool.Largest} in all."]
        : [];
}
