using System.Collections.Frozen;

namespace FlashFunctions.Core.Primitives;

/// <summary>What is sent: a flash call, a text message, a spoken code or text, or a messenger's message.</summary>
public enum Channel
{
    /// <summary>A flash call: the code is the tail of the number that rings.</summary>
    Call,
    Sms,

    /// <summary>A call that speaks the code.</summary>
    Voice,
    Push,
    Viber,
    Rcs,

    /// <summary>A call that speaks a text.</summary>
    Speech,

    /// <summary>A whole failover flow, which the provider goes through by itself.</summary>
    Flow,
}

/// <summary>The transport status of the source document, in the order in which things happen.</summary>
public enum TransportStatus
{
    Accepted,
    Sent,
    Ringing,
    Delivered,
    Read,
    Undelivered,
    Rejected,
}

/// <summary>Where the person with the phone is asked for the code: an app or a page.</summary>
public enum Platform
{
    Ios,
    Android,
    Web,
}

/// <summary>The words of the API and what they stand for.</summary>
public static class ApiNames
{
    private static readonly string[] Channels = [.. Enum.GetValues<Channel>().Select(of => of == Channel.Flow ? "failover" : Lower(of))];
    private static readonly string[] Statuses = [.. Enum.GetNames<TransportStatus>().Select(name => name.ToUpperInvariant())];

    /// <summary>Every channel but a whole flow.</summary>
    public static IReadOnlyList<string> Methods { get; } =
        [.. Enum.GetValues<Channel>().Where(channel => channel != Channel.Flow).Select(Of)];

    public static FrozenDictionary<string, Channel> VerifyMethods { get; } = Words(Channel.Call, Channel.Sms, Channel.Voice);

    public static FrozenDictionary<string, StepCondition> VerifyConditions { get; } =
        Words(StepCondition.Verified, StepCondition.Delivered);

    public static FrozenDictionary<string, Channel> FlowTypes { get; } = Words(Channel.Push, Channel.Viber, Channel.Rcs, Channel.Sms);

    public static FrozenDictionary<string, StepCondition> FlowConditions { get; } = Words(StepCondition.Delivered, StepCondition.Read);

    public static FrozenDictionary<string, Platform> Platforms { get; } = Words(Enum.GetValues<Platform>());

    /// <summary>The values of an enum by their names in the API, which are in snake case.</summary>
    public static FrozenDictionary<string, T> ByName<T>()
        where T : struct, Enum => ByName(Enum.GetValues<T>());

    public static FrozenDictionary<string, T> ByName<T>(IEnumerable<T> values)
        where T : struct, Enum => values.ToFrozenDictionary(FraudFinding.NameOf, value => value, StringComparer.Ordinal);

    public static string Of(Channel channel) => Channels[(int)channel];

    public static string Of(TransportStatus status) => Statuses[(int)status];

    /// <summary>Whether it is a call, which rings and is taken, and no message.</summary>
    public static bool IsCall(this Channel channel) => channel is Channel.Call or Channel.Voice or Channel.Speech;

    private static FrozenDictionary<string, T> Words<T>(params T[] values)
        where T : struct, Enum => values.ToFrozenDictionary(Lower, StringComparer.Ordinal);

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
