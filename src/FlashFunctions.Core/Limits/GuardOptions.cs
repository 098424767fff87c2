using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Limits;

/// <summary>Limits for one number within an account.</summary>
public sealed class GuardOptions
{
    public const string Section = "Guard";

    /// <summary>Wrong codes that one request may take: 1 to 5, default 5.</summary>
    [Range(1, 5)]
    public int WrongCodesPerRequest { get; set; } = 5;

    /// <summary>Wrong codes that a number may take in any 24 hours across its requests: 1 to 10, default 10.</summary>
    [Range(1, 10)]
    public int WrongCodesPerDay { get; set; } = 10;

    /// <summary>Least time between two calls of verify or next, in seconds: 0 to 3,600, default 30.</summary>
    [Range(0, 3_600)]
    public int CoolDownSeconds { get; set; } = 30;

    /// <summary>Attempts that may be placed in 10 minutes: 1 to 100, default 5.</summary>
    [Range(1, 100)]
    public int SendsPerTenMinutes { get; set; } = 5;

    /// <summary>Attempts that may be placed in 24 hours: 1 to 100, default 10.</summary>
    [Range(1, 100)]
    public int SendsPerDay { get; set; } = 10;

    /// <summary>
    /// Prefixes of numbers that nothing is sent to (errorCode 30), with their country calling code, with or without a plus, separated by
    /// commas: <c>+882, +37281</c>. None by default.
    /// </summary>
    [RegularExpression(
        @"\s*(\+?[1-9][0-9]{0,14}(\s*,\s*\+?[1-9][0-9]{0,14})*)?\s*",
        ErrorMessage = "Guard:BlockedPrefixes must be prefixes of digits, separated by commas.")]
    public string BlockedPrefixes { get; set; } = "";

    /// <summary>
    /// Whether a number is held against the provider's list of fraudulent numbers before the first send of a verification or a call whose
    /// code counts (errorCode 30); each check costs. Default false.
    /// </summary>
    public bool FraudCheck { get; set; }

    internal IEnumerable<string> BlockedList =>
        BlockedPrefixes.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(
            prefix => prefix.TrimStart('+'));
}

/// <summary>The fraud guard, section <c>Fraud</c>. Accounts change its rules for themselves.</summary>
public sealed class FraudOptions
{
    public const string Section = "Fraud";

    /// <summary>The greatest limit of messages: each is remembered for a day in the number's row.</summary>
    public const int MostMessages = 1_000;

    /// <summary>Messages, spoken texts and look-ups that one number may get from an account in 10 minutes: 1 to 1,000, default 5.</summary>
    [Range(1, MostMessages)]
    public int MessagesPerTenMinutes { get; set; } = 5;

    /// <summary>The same in 24 hours: 1 to 1,000, default 20.</summary>
    [Range(1, MostMessages)]
    public int MessagesPerDay { get; set; } = 20;

    /// <summary>
    /// The limits of messages under an account's policy. Where that sets its own <c>limit</c>, it counts for 10 minutes, and the limit of a
    /// day grows or falls with it.
    /// </summary>
    public MessageLimits MessageLimits(FraudPolicy policy)
    {
        var perTenMinutes = policy.LimitOf(FraudRule.Messages) ?? MessagesPerTenMinutes;
        var perDay = Math.Clamp(
            perTenMinutes * MessagesPerDay / MessagesPerTenMinutes, Math.Min(perTenMinutes, MessagesPerDay), MostMessages);
        return new MessageLimits(policy.ModeOf(FraudRule.Messages), perTenMinutes, perDay);
    }
}

/// <summary>How many messages a number may get, and whether the limit is observed or enforced.</summary>
public sealed record MessageLimits(FraudMode Mode, int PerTenMinutes, int PerDay);
