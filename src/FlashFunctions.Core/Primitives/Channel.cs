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
