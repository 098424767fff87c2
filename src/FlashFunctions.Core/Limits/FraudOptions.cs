using System.ComponentModel.DataAnnotations;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Limits;

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
