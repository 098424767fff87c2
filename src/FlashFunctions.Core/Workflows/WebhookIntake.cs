using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Workflows;

/// <summary>
/// Takes a provider's webhook in: authentic, normalised, applied to its attempt, or stored where it is an inbound SMS. What is unknown is
/// answered as taken, logged and counted, so that no provider repeats it for ever.
/// </summary>
public sealed partial class WebhookIntake(
    IServiceProvider readers, WebhookReferences references, RequestStore store, RequestChanges changes, StepQueue queue,
    InboundSmsIntake inbound, SecurityLog security, TimeProvider time, ILogger<WebhookIntake> logger)
{
    /// <summary>Whether the path alone says that it is not the provider's.</summary>
    public bool Refuses(string provider, string path)
    {
        if (readers.GetRequiredKeyedService<IWebhookReader>(provider).RefusalOf(path) is not { } refused)
        {
            return false;
        }

        Refuse(provider, refused);
        return true;
    }

    /// <summary>Takes one webhook in. An exception makes the provider repeat it.</summary>
    public async Task<WebhookAnswer> ReceiveAsync(string provider, ProviderWebhook webhook, CancellationToken cancellationToken)
    {
        switch (readers.GetRequiredKeyedService<IWebhookReader>(provider).Read(webhook))
        {
            case WebhookReading.NotAuthentic refused:
                Refuse(provider, refused);
                return WebhookAnswer.NotAuthentic;
            case WebhookReading.Unreadable unreadable:
                Log.Unreadable(logger, provider, unreadable.Reason);
                Meters.WebhookTaken(provider, "unreadable");
                return WebhookAnswer.Unreadable;
            case WebhookReading.Events events:
                foreach (var reported in events.Items)
                {
                    Meters.WebhookTaken(provider, await ApplyAsync(reported, cancellationToken));
                }

                break;
            case WebhookReading.Inbound { Sms: { } sms }:
                await inbound.TakeAsync(provider, sms, cancellationToken);
                break;
        }

        return WebhookAnswer.Taken;
    }

    private void Refuse(string provider, WebhookReading.NotAuthentic refused)
    {
        security.WebhookRefused(provider, refused.Reason);
        Meters.WebhookTaken(provider, "not_authentic");
    }

    /// <summary>Applies one event, and says in a word what became of it.</summary>
    private async Task<string> ApplyAsync(ProviderEvent reported, CancellationToken cancellationToken)
    {
        if (reported.Status is null)
        {
            Log.UnknownStatus(logger, reported.Provider, reported.RawStatus);
            return "unknown_status";
        }

        if (await FindAsync(reported, cancellationToken) is not { } attempt || !RequestId.TryParse(attempt.RequestId, null, out var id))
        {
            Log.NoAttemptYet(logger, reported.Provider, reported.RawStatus);
            return "no_attempt_yet";
        }

        if (await store.ReadAsync(id, cancellationToken) is not { } stored)
        {
            Log.NoSuchRequest(logger, reported.Provider, attempt.RequestId);
            return "no_such_request";
        }

        var now = time.GetUtcNow();
        using var span = RequestTrace.Join("webhook", stored.Value);
        span?.SetTag("provider", reported.Provider);
        var change = await changes.UpdateAsync(
            stored, request => AttemptLife.TakeReport(request, attempt.Number, reported, now), cancellationToken);
        await StartNextIfFailedAsync(change, attempt.Number, cancellationToken);
        return change.Changed ? "applied" : "no_change";
    }

    private async Task<AttemptKey?> FindAsync(ProviderEvent reported, CancellationToken cancellationToken) =>
        reported switch
        {
            { Attempt: { } attempt } => attempt,
            { Reference: not null } => await references.FindOrKeepAsync(reported, cancellationToken),
            _ => null,
        };

    /// <summary>Rule 7: the report that nothing arrived starts the next step at once; a repeated one changes and starts nothing.</summary>
    private async Task StartNextIfFailedAsync(RequestChange change, int number, CancellationToken cancellationToken)
    {
        var request = change.After.Value;
        if (!change.Changed
            || number >= request.Attempts.Count
            || !request.IsOpen(time.GetUtcNow())
            || request.Attempts[number] is not { MayHaveReachedThePhone: true } attempt
            || !AttemptLife.IsFailure(attempt.Status)
            || AttemptLife.IsFailure(change.Before.Attempts[number].Status)
            || attempt.Step != request.CurrentStep
            || attempt.Step + 1 >= request.Steps.Count)
        {
            return;
        }

        await queue.SendAsync(request.Id, attempt.Step + 1, StepCause.StepFailed, TimeSpan.Zero, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(2, LogLevel.Warning, "A webhook of {Provider} could not be read: {Reason}")]
        public static partial void Unreadable(ILogger logger, string provider, string reason);

        [LoggerMessage(3, LogLevel.Warning, "{Provider} reported a status that nobody has documented: {Status}")]
        public static partial void UnknownStatus(ILogger logger, string provider, string status);

        [LoggerMessage(4, LogLevel.Debug, "{Provider} reported {Status} for a reference that is not known yet")]
        public static partial void NoAttemptYet(ILogger logger, string provider, string status);

        [LoggerMessage(5, LogLevel.Information, "{Provider} reported on {RequestId}, and there is no such request")]
        public static partial void NoSuchRequest(ILogger logger, string provider, string requestId);
    }
}
