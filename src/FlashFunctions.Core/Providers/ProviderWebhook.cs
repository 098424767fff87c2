using System.Globalization;
using FlashFunctions.Core.Security;

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

/// <summary>A provider's HTTP call to us, as received.</summary>
/// <param name="Path">The part of the path behind <c>/webhooks/{provider}/</c>, without a leading slash.</param>
/// <param name="Address">The whole public address that the provider called, as configured for us and not as a proxy shows it.</param>
/// <param name="Headers">Header values by name, case-insensitive.</param>
/// <param name="Body">The raw bytes, at most 64 KiB.</param>
public sealed record ProviderWebhook(string Path, string Address, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body);

/// <summary>What a provider's webhook turned out to say.</summary>
public abstract record WebhookReading
{
    private WebhookReading() { }

    /// <summary>The caller did not prove to be the provider, or no secret is configured: 401, nothing is done.</summary>
    public sealed record NotAuthentic(string Reason) : WebhookReading;

    /// <summary>Authentic, but not to be read: 400.</summary>
    public sealed record Unreadable(string Reason) : WebhookReading;

    /// <summary>Authentic; the events in order. Empty when it holds nothing for us.</summary>
    public sealed record Events(IReadOnlyList<ProviderEvent> Items) : WebhookReading;

    /// <summary>Authentic; an SMS to a number that an account rents.</summary>
    public sealed record Inbound(InboundSms Sms) : WebhookReading;
}

/// <summary>A delivery event, normalised.</summary>
/// <param name="Attempt">The attempt, where the address said it; otherwise <paramref name="Reference"/> finds it.</param>
/// <param name="Reference">The provider's id of the call or message, where the event said it.</param>
/// <param name="Status">The normalised status, or null for a status that nobody has documented.</param>
/// <param name="RawStatus">The provider's own word, for the log: letters, digits, dash and underscore, at most 40 characters.</param>
/// <param name="At">When it happened, where the provider says.</param>
/// <param name="IsCancellation">
/// The call was cancelled, by us or by others: delivered if it had rung, which the attempt knows better than the event.
/// </param>
/// <param name="Outcome">What became of a call, where the status says more of it than whether it was delivered.</param>
/// <param name="OfCall">The status if it is a call's, where that makes a difference: the attempt knows what it was.</param>
/// <param name="OfMessage">The status if it is a message's, where that makes a difference.</param>
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
    CallOutcome? Outcome = null,
    TransportStatus? OfCall = null,
    TransportStatus? OfMessage = null);

/// <summary>What became of a call, from what says least of the phone to what says most.</summary>
public enum CallOutcome
{
    /// <summary>It did not reach the phone: off, out of reach, busy with another call, or a failure on the way.</summary>
    Unreachable,

    /// <summary>The provider or an operator refused it, against fraud for example.</summary>
    Refused,

    Rang,

    /// <summary>It rang, and the person declined it.</summary>
    Declined,

    /// <summary>It was answered: by the person, a voicemail or a screening service.</summary>
    Answered,
}

/// <summary>
/// What a provider reports about a call besides its status, by the source document's names. What it does not report is null.
/// </summary>
public sealed record CallDetails
{
    /// <summary>The SIP response that the call ended with, such as 200 or 486.</summary>
    public int? SipStatus { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    public DateTimeOffset? RingStartedAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public bool? Billable { get; init; }

    /// <summary>Seconds.</summary>
    public int? Duration { get; init; }

    /// <summary>What is known after a further report: the newer where both say something; null where nothing is said.</summary>
    public static CallDetails? Merge(CallDetails? known, CallDetails? newer) => (known, newer) switch
    {
        (null, _) => newer == Nothing ? null : newer,
        (_, null) => known,
        _ => new CallDetails
        {
            SipStatus = newer.SipStatus ?? known.SipStatus,
            CreatedAt = newer.CreatedAt ?? known.CreatedAt,
            RingStartedAt = newer.RingStartedAt ?? known.RingStartedAt,
            AnsweredAt = newer.AnsweredAt ?? known.AnsweredAt,
            EndedAt = newer.EndedAt ?? known.EndedAt,
            Billable = newer.Billable ?? known.Billable,
            Duration = newer.Duration ?? known.Duration,
        },
    };

    private static CallDetails Nothing { get; } = new();
}

/// <summary>An SMS to a number that the account rents.</summary>
/// <param name="MessageId">The provider's id: the same for every repetition.</param>
/// <param name="From">Who sent it: digits, or a sender's name.</param>
/// <param name="To">The rented number, in digits.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Parts">In how many parts it came.</param>
public sealed record InboundSms(string MessageId, string From, string To, string Text, DateTimeOffset? At, long? Parts)
{
    /// <summary>Without the numbers and the text.</summary>
    public override string ToString() => $"InboundSms({MessageId})";
}

public enum WebhookAnswer
{
    /// <summary>200: stored, or nothing in it is for us.</summary>
    Taken,

    /// <summary>401.</summary>
    NotAuthentic,

    /// <summary>400.</summary>
    Unreadable,
}

/// <summary>
/// The address that a provider calls back for one attempt: <c>{public}/webhooks/{provider}/{requestId}/{attempt}/{token}</c>,
/// where the token is a keyed hash over all three. Revicom and Lanck take an address per message.
/// </summary>
public sealed class CallbackAddresses(IOptions<ServiceOptions> service, ServiceKey key)
{
    private const string Purpose = "callback";

    public string For(string provider, AttemptKey attempt)
    {
        var token = key.Hash(Purpose, provider, attempt.RequestId, $"{attempt.Number}");
        return $"{service.Value.PublicAddress.TrimEnd('/')}/webhooks/{provider}/{attempt.RequestId}/{attempt.Number}/{token}";
    }

    /// <summary>The attempt that a webhook names by what follows <c>/webhooks/{provider}/</c>; null when the token is not ours.</summary>
    public AttemptKey? Read(string provider, string path)
    {
        var parts = path.Split('/');
        return parts.Length == 3
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && key.Matches(parts[2], Purpose, provider, parts[0], parts[1])
            ? new AttemptKey(parts[0], number)
            : null;
    }
}

/// <summary>Reads the webhooks of a provider that calls an address of each attempt: the token at the address's end proves them.</summary>
internal abstract class AttemptWebhook(string provider, ProviderOptions options, CallbackAddresses callbacks) : IWebhookReader
{
    protected static readonly WebhookReading.NotAuthentic WrongToken = new("path token");

    public virtual WebhookReading.NotAuthentic? RefusalOf(string path) => AttemptOf(path) is null ? WrongToken : null;

    public virtual WebhookReading Read(ProviderWebhook webhook) =>
        AttemptOf(webhook.Path) is { } attempt ? Read(attempt, webhook.Body.Span) : WrongToken;

    protected abstract WebhookReading Read(AttemptKey attempt, ReadOnlySpan<byte> body);

    private AttemptKey? AttemptOf(string path) => options.IsConfigured ? callbacks.Read(provider, path) : null;
}
