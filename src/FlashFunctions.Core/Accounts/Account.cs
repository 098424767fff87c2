using System.Text.Json.Serialization;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Accounts;

/// <summary>A calling backend: its limits, its secrets and its defaults.</summary>
public sealed record Account
{
    public const int DefaultRate = 30;

    public const int LongestId = 40;

    public const int HighestRate = 100_000;

    /// <summary>1 to 40 lower-case letters, digits and hyphens; chosen when it is created, and never changed.</summary>
    public required string Id { get; init; }

    public static bool IsId(string text) =>
        text.Length is > 0 and <= LongestId
        && text[0] != '-'
        && text.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');

    /// <summary>For people; the id where none was given.</summary>
    public string Name { get; init; } = "";

    /// <summary>False: every call is refused with errorCode 2.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>When it was created; null for the development account.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>When an operator last stopped what it had open: nothing asked for up to then is sent any more. Null: never.</summary>
    public DateTimeOffset? StoppedAt { get; init; }

    /// <summary>The key id of the token that the call at hand came with; null outside a call.</summary>
    [JsonIgnore]
    public string? CallKeyId { get; init; }

    /// <summary>Whether the token that the call at hand came with may say <c>trusted</c>.</summary>
    [JsonIgnore]
    public bool CallMayBeTrusted { get; init; }

    /// <summary>Calls a second, all of them counted: 1 to 100,000, default 30.</summary>
    public int RatePerSecond { get; init; } = DefaultRate;

    /// <summary>The sender ids and caller numbers that it may name as <c>from</c>; empty: any.</summary>
    public IReadOnlyList<string> Senders { get; init; } = [];

    /// <summary>What it may spend in a day (UTC); null: as much as it likes.</summary>
    public SpendCap? DailyCap { get; init; }

    /// <summary>What its callbacks are signed with, the newest first: one, or two while one replaces the other.</summary>
    [JsonIgnore]
    public IReadOnlyList<WebhookSecret> CallbackSecrets { get; init; } = [];

    /// <summary>
    /// The steps of a verification that names neither a workflow nor a method, or whose method is the first step's; empty: none.
    /// </summary>
    public IReadOnlyList<WorkflowStep> Workflow { get; init; } = [];

    /// <summary>The numbers whose inbound messages are its own, in E.164 syntax. A number belongs to one account.</summary>
    public IReadOnlyList<string> Numbers { get; init; } = [];

    /// <summary>Where messages to its numbers are forwarded to; null: they are only stored.</summary>
    public string? InboundSmsAddress { get; init; }

    /// <summary>How the fraud guard treats what it sends; null: by the defaults.</summary>
    public FraudPolicy? Fraud { get; init; }

    /// <summary>The key ids of its tokens, in the order in which they were created.</summary>
    public IReadOnlyList<string> KeyIds { get; init; } = [];
}

/// <summary>A token of an account; its secret is kept as a keyed hash.</summary>
public sealed record AccessToken
{
    public required string KeyId { get; init; }

    public required string Account { get; init; }

    public required string SecretHash { get; init; }

    /// <summary>False: every call with it is refused with errorCode 5.</summary>
    public bool IsActive { get; init; } = true;

    /// <summary>
    /// Whether calls with it may say <c>trusted</c>, and so have the limits of known people rather than those of strangers.
    /// </summary>
    public bool MayTrust { get; init; }

    /// <summary>What it is for, as its creator said.</summary>
    public string? Label { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }
}
