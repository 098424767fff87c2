using FlashFunctions.Core.Primitives;

namespace FlashFunctions.Core.Providers;

/// <summary>A provider's HTTP call to us, as received.</summary>
/// <param name="Path">The part of the path behind <c>/webhooks/{provider}/</c>, without a leading slash.</param>
/// <param name="Address">The whole public address that the provider called, as configured for us and not as a proxy shows it.</param>
/// <param name="Headers">Header values by name, case-insensitive.</param>
/// <param name="Body">The raw bytes, at most 64 KiB.</param>
public sealed record ProviderWebhook(string Path, string Address, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>What a provider's webhook turned out to say.</summary>
public abstract record WebhookReading
{
    private WebhookReading()
    {
    }

    /// <summary>The caller did not prove to be the provider, or no secret is configured: 401, nothing is done.</summary>
    public sealed record NotAuthentic(string Reason) : WebhookReading;

    /// <summary>Authentic, but not to be read: 400.</summary>
    public sealed record Unreadable(string Reason) : WebhookReading;

    /// <summary>Authentic; the events in order. Empty when it holds nothing for us.</summary>
    public sealed record Events(IReadOnlyList<ProviderEvent> Items) : WebhookReading;
}

/// <summary>A delivery event, normalised.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Attempt">The attempt, where the address said it; otherwise <paramref name="Reference"/> finds it.</param>
/// <param name="Reference">The provider's id of the call or message, where the event said it.</param>
/// <param name="Status">The normalised status, or null for a status that nobody has documented.</param>
/// <param name="RawStatus">The provider's own word, for the log: letters, digits, dash and underscore, at most 40 characters.</param>
/// <param name="At">When it happened, as the provider says, or null.</param>
/// <param name="MccMnc">The mobile network, where the provider tells.</param>
/// <param name="Call">What it tells of a call.</param>
/// <param name="IsCancellation">The call was cancelled, by us or by others: delivered if it had rung, which the attempt knows better than the event.</param>
/// <param name="IsAnswered">The call was answered, as the status says, whether or not its time is told.</param>
public sealed record ProviderEvent(
    string Provider,
    AttemptKey? Attempt,
    string? Reference,
    TransportStatus? Status,
    string RawStatus,
    DateTimeOffset? At,
    string? MccMnc = null,
    CallDetails? Call = null,
    bool IsCancellation = false,
    bool IsAnswered = false);
