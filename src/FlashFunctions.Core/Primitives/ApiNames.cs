using System.Collections.Frozen;

namespace FlashFunctions.Core.Primitives;

/// <summary>The words of the API and what they stand for.</summary>
public static class ApiNames
{
    public static FrozenDictionary<string, Channel> VerifyMethods { get; } = Of(
        ("call", Channel.Call), ("sms", Channel.Sms), ("voice", Channel.Voice));

    public static FrozenDictionary<string, StepCondition> VerifyConditions { get; } =
        Of(("verified", StepCondition.Verified), ("delivered", StepCondition.Delivered));

    public static FrozenDictionary<string, Channel> FlowTypes { get; } =
        Of(("push", Channel.Push), ("viber", Channel.Viber), ("rcs", Channel.Rcs), ("sms", Channel.Sms));

    public static FrozenDictionary<string, StepCondition> FlowConditions { get; } =
        Of(("delivered", StepCondition.Delivered), ("read", StepCondition.Read));

    public static FrozenDictionary<string, Platform> Platforms { get; } =
        Of(("ios", Platform.Ios), ("android", Platform.Android), ("web", Platform.Web));

    /// <summary>The API's word for a channel.</summary>
    public static string Of(Channel channel) => channel switch
    {
        Channel.Call => "call",
        Channel.Sms => "sms",
        Channel.Voice => "voice",
        Channel.Push => "push",
        Channel.Viber => "viber",
        Channel.Rcs => "rcs",
        Channel.Speech => "speech",
        _ => "failover",
    };

    /// <summary>The source document's word for a transport status.</summary>
    public static string Of(TransportStatus status) => status switch
    {
        TransportStatus.Accepted => "ACCEPTED",
        TransportStatus.Sent => "SENT",
        TransportStatus.Ringing => "RINGING",
        TransportStatus.Delivered => "DELIVERED",
        TransportStatus.Read => "READ",
        TransportStatus.Undelivered => "UNDELIVERED",
        _ => "REJECTED",
    };

    private static FrozenDictionary<string, T> Of<T>(params (string Word, T Value)[] words) =>
        words.ToFrozenDictionary(pair => pair.Word, pair => pair.Value, StringComparer.Ordinal);
}
