namespace FlashFunctions.Simulator;

/// <summary>A call or message that a provider accepted, as it is listed and as the phone remembers it.</summary>
public sealed class SimulatedCall
{
    /// <summary>Counts from 1 over all providers.</summary>
    public long Sequence { get; internal set; }

    public required DateTimeOffset At { get; init; }

    /// <summary>One of <see cref="SimulatedProviders.All"/>.</summary>
    public required string Provider { get; init; }

    /// <summary>The operation: <c>calls.flash</c>, <c>verify.sms</c>, <c>messaging.push</c>, …</summary>
    public required string Product { get; init; }

    public required SimulatedCallKind Kind { get; init; }

    /// <summary>The phone, E.164 digits.</summary>
    public required string Number { get; init; }

    /// <summary>The provider's id of it.</summary>
    public required string Reference { get; init; }

    /// <summary>The caller number in E.164 digits, or the sender of a message.</summary>
    public string? From { get; init; }

    /// <summary>The text of a message, or the words that are spoken.</summary>
    public string? Text { get; init; }

    /// <summary>Title of a push message.</summary>
    public string? Title { get; init; }

    /// <summary>Language of a spoken or generated text.</summary>
    public string? Language { get; init; }

    /// <summary>It reached the phone: the phone rang, or showed the message.</summary>
    public required bool Arrived { get; init; }

    /// <summary>When the ringing ends by itself; null for messages and for calls that do not ring.</summary>
    public DateTimeOffset? RingsUntil { get; internal set; }

    /// <summary>Name of the behaviour that the number chose.</summary>
    public required string Behaviour { get; init; }

    /// <summary>How many calls and messages the phone had been sent with this one.</summary>
    public int CountOfPhone { get; internal set; }

    /// <summary>The provider's last word on it; changes as callbacks become due, sent or not.</summary>
    public string? Status { get; internal set; }
}

/// <summary>What a phone gets.</summary>
public enum SimulatedCallKind
{
    FlashCall,
    SpokenCall,
    Sms,
    Push,
    Viber,
    Rcs,
}
