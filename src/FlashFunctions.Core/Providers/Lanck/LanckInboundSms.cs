using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;
using Microsoft.Extensions.Options;

namespace FlashFunctions.Core.Providers.Lanck;

/// <summary>
/// Reads an inbound SMS. Its address, <c>{public}/webhooks/lanck/inbound-sms/{token}</c>, is entered in Lanck's account once, and the token
/// in it is its proof. Lanck repeats it for 24 hours until it gets a 2xx.
/// </summary>
public sealed class LanckInboundSms(IOptions<LanckOptions> options)
{
    /// <summary>Where its webhooks lie, below Lanck's own.</summary>
    internal const string Folder = "inbound-sms/";

    /// <summary>What is wrong with the path, before the body is read; null where it is right.</summary>
    public InboundSmsReading.NotAuthentic? RefusalOf(string path) =>
        path.StartsWith(Folder, StringComparison.OrdinalIgnoreCase) && ConstantTime.Equals(options.Value.InboundSmsToken, path[Folder.Length..])
            ? null
            : new InboundSmsReading.NotAuthentic("path token");

    /// <summary>Reads one webhook, failing closed when no token is configured.</summary>
    public InboundSmsReading Read(ProviderWebhook webhook)
    {
        if (RefusalOf(webhook.Path) is { } refusal)
        {
            return refusal;
        }

        return LooseJson.TryRead(webhook.Body.Span, LanckJson.Default.LanckInbound) is { MessageId: { } id, To: { } to, From: { } from } sms
            ? new InboundSmsReading.Received(new InboundSms(id, from, to, sms.Text ?? "", sms.Timestamp, sms.Parts))
            : new InboundSmsReading.Unreadable("no messageId, from or to");
    }
}
