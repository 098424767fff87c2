using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlashFunctions.Core.Primitives;

/// <summary>The rules of the fraud guard. Their names in the API are in snake case: <c>number_type</c>.</summary>
public enum FraudRule
{
    /// <summary>What kind of line the number belongs to, by the number plan.</summary>
    NumberType,

    /// <summary>The countries that an account sends to, by method.</summary>
    Country,

    /// <summary>An operator's block list, or a configured prefix.</summary>
    List,

    /// <summary>Messages, spoken texts and look-ups to one number.</summary>
    Messages,

    /// <summary>How many of the sends to a prefix are verified.</summary>
    PrefixConversion,

    /// <summary>Sends to a country that nobody verified.</summary>
    CountryUnverified,

    /// <summary>Sends from an IP address that nobody verified.</summary>
    IpUnverified,

    /// <summary>Countries that an IP address asks for without verifying in any of them.</summary>
    IpCountries,

    /// <summary>Numbers that follow each other.</summary>
    Sequential,

    /// <summary>Wrong codes over many numbers.</summary>
    WrongCodes,

    /// <summary>One device on many numbers.</summary>
    Device,

    /// <summary>A provider's fraud check.</summary>
    Upstream,
}

/// <summary>What a finding of the fraud guard is about.</summary>
public enum FraudScope
{
    Number,
    Prefix,
    Account,
    Ip,
    Country,
    Device,
}

/// <summary>Whether a rule is used.</summary>
public enum FraudMode
{
    Off,

    /// <summary>It decides and records, and blocks nothing.</summary>
    Observe,
    Enforce,
}

public enum FraudAction
{
    /// <summary>Nothing is sent (errorCode 30).</summary>
    Refuse,

    /// <summary>A flash call may be placed, messages and spoken calls not: an unanswered call earns nobody anything.</summary>
    CallOnly,
}

/// <summary>What a rule of the fraud guard found, with the arithmetic that anybody can check.</summary>
/// <param name="Scope">What it is about.</param>
/// <param name="Mode">Observe or enforce: whether it blocks.</param>
/// <param name="Limit">The limit, and how it was worked out.</param>
/// <param name="Until">When it ends by itself; null where it does not.</param>
/// <param name="Channels">What it keeps from being sent; null: everything.</param>
public sealed record FraudFinding(
    FraudRule Rule,
    FraudScope Scope,
    FraudMode Mode,
    string Seen,
    string Limit,
    DateTimeOffset? Until = null,
    IReadOnlyList<Channel>? Channels = null)
{
    /// <summary>When it was found; null where that was before the request was accepted.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>What it is about, for people: a number masked, a hash cut. Null: what was seen says it.</summary>
    [JsonIgnore]
    public string? About { get; init; }

    public bool Blocks(Channel channel) => Mode == FraudMode.Enforce && (Channels is null || Channels.Contains(channel));

    /// <summary>The rule by its name in the API.</summary>
    public string Reason => NameOf(Rule);

    /// <summary>The API's name of a value of one of the enums here: snake case.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
