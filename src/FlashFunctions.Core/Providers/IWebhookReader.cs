namespace FlashFunctions.Core.Providers;

/// <summary>Authenticates and normalises one provider's webhooks. Registered as a keyed singleton under the provider's name.</summary>
public interface IWebhookReader
{
    /// <summary>
    /// What is wrong with the path, before the body is read: of providers that prove themselves by it. Null where it is right, or where
    /// only the body can prove anything.
    /// </summary>
    WebhookReading.NotAuthentic? RefusalOf(string path) => null;

    /// <summary>Reads one webhook: authenticity first, failing closed when no secret is configured.</summary>
    WebhookReading Read(ProviderWebhook webhook);
}
