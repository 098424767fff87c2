using FlashFunctions.Core.Providers.Wire;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Providers.Unibell;

/// <summary>
/// Unibell's callback, configured once per account: proven by a token in the path and by the <c>appKey</c> in the body, and found by its
/// <c>requestId</c>.
/// </summary>
internal sealed class UnibellWebhook(IOptions<UnibellOptions> options) : IWebhookReader
{
    private readonly UnibellOptions _options = options.Value;

    public WebhookReading.NotAuthentic? RefusalOf(string path) =>
        ConstantTime.Equals(_options.WebhookToken, path) ? null : new WebhookReading.NotAuthentic("path token");

    public WebhookReading Read(ProviderWebhook webhook)
    {
        if (RefusalOf(webhook.Path) is { } refusal)
        {
            return refusal;
        }

        var callback = LooseJson.TryRead(webhook.Body.Span, UnibellJson.Default.UnibellCallback);
        return callback switch
        {
            null => new WebhookReading.Unreadable("not a JSON object"),
            _ when !ConstantTime.Equals(_options.WebhookAppKey, callback.AppKey) => new WebhookReading.NotAuthentic("appKey"),
            { RequestId: null } => new WebhookReading.Unreadable("no requestId"),
            _ => new WebhookReading.Events([Event(callback)]),
        };
    }

    private static ProviderEvent Event(UnibellCallback callback) => new(
        UnibellProvider.ProviderName, Attempt: null, callback.RequestId, CallStatuses.Of(callback.Status),
        ProviderText.Status(callback.Status), callback.Timestamp, Outcome: CallStatuses.OutcomeOf(callback.Status));
}
