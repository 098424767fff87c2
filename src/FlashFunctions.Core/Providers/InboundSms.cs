namespace FlashFunctions.Core.Providers;

/// <summary>What an inbound webhook turned out to be.</summary>
public abstract record InboundSmsReading
{
    private InboundSmsReading()
    {
    }

    public sealed record NotAuthentic(string Reason) : InboundSmsReading;

    public sealed record Unreadable(string Reason) : InboundSmsReading;

    public sealed record Received(InboundSms Sms) : InboundSmsReading;
}

/// <summary>An SMS to a number that the account rents.</summary>
/// <param name="MessageId">The provider's id: the same for every repetition.</param>
/// <param name="From">Who sent it: digits, or a sender's name.</param>
/// <param name="To">The rented number, in digits.</param>
/// <param name="Text">The text as it came.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Parts">In how many parts it came.</param>
public sealed record InboundSms(string MessageId, string From, string To, string Text, DateTimeOffset? At, long? Parts)
{
    /// <summary>Without the numbers and the text.</summary>
    public override string ToString() => $"InboundSms({MessageId})";
}
