using FlashFunctions.Core.Providers.Wire;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Reads an inbound SMS. Its address, <c>{public}/webhooks/lanck/inbound-sms/{token}</c>, is entered in Lanck's account once, and the token
/// in it is its proof. Lanck repeats it for 24 hours until it gets a 2xx.
/// </summary>
internal sealed class LanckInboundSms(IOptions<LanckOptions> options)
{
    private const string Folder = "inbound-sms/";

    public InboundSmsReading Read(ProviderWebhook webhook)
    {
        if (!webhook.Path.StartsWith(Folder, StringComparison.Ordinal)
            || !SameSecret.As(options.Value.InboundSmsToken, webhook.Path[Folder.Length..]))
        {
            return new InboundSmsReading.NotAuthentic("path token");
        }

        return LooseJson.TryRead(webhook.Body.Span, LanckJson.Default.LanckInbound) is { MessageId: { } id, To: { } to, From: { } from } sms
            ? new InboundSmsReading.Received(new InboundSms(id, from, to, sms.Text ?? "", sms.Timestamp, sms.Parts))
            : new InboundSmsReading.Unreadable("no messageId, from or to");
    }
}

/// <summary>What an inbound webhook turned out to be.</summary>
internal abstract record InboundSmsReading
{
    private InboundSmsReading()
    {
    }

    internal sealed record NotAuthentic(string Reason) : InboundSmsReading;

    internal sealed record Unreadable(string Reason) : InboundSmsReading;

    internal sealed record Received(InboundSms Sms) : InboundSmsReading;
}

/// <summary>An SMS to a number that the account rents.</summary>
/// <param name="MessageId">The provider's id: the same for every repetition.</param>
/// <param name="From">Who sent it: digits, or a sender's name.</param>
/// <param name="To">The rented number, in digits.</param>
/// <param name="Text">The text as it came.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Parts">In how many parts it came.</param>
internal sealed record InboundSms(string MessageId, string From, string To, string Text, DateTimeOffset? At, long? Parts)
{
    /// <summary>Without the numbers and the text.</summary>
    public override string ToString() => $"InboundSms({MessageId})";
}
