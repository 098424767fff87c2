namespace FlashFunctions.Core.Providers;

/// <summary>What a provider's webhook is answered.</summary>
public enum WebhookAnswer
{
    Taken,
    NotAuthentic,
    Unreadable,
}
