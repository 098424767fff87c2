namespace FlashFunctions.Core.Providers;

/// <summary>Authenticates and normalises one provider's webhooks. Registered as a keyed singleton under the provider's name.</summary>
public interface IWebhookReader
{
    /// <summary>Reads one webhook: authenticity first, failing closed when no secret is configured.</summary>
    WebhookReading Read(ProviderWebhook webhook);
}
