namespace FlashFunctions.Core.Messages;

/// <summary>The longest texts, in UTF-16 units: what the channels carry, and no more than anybody means to pay for.</summary>
internal static class MessageLimits
{
    /// <summary>About ten SMS parts in GSM-7.</summary>
    public const int Sms = 1_600;

    public const int Push = 1_000;
    public const int Viber = 1_000;
    public const int Rcs = 2_500;

    /// <summary>A minute and a half of speech.</summary>
    public const int Speech = 1_000;

    public const int Title = 100;
    public const int ButtonCaption = 30;
    public const int Address = 2_000;
    public const int Sender = 32;
}
