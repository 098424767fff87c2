using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Requests;

/// <summary>A change that was saved, or found to be none.</summary>
/// <param name="Before">What the change was applied to.</param>
/// <param name="After">What is stored now.</param>
/// <param name="AreSideEffectsQueued">False when the queue did not take what follows from the change.</param>
public record RequestChange(RequestRecord Before, Stored<RequestRecord> After, bool AreSideEffectsQueued = true)
{
    /// <summary>False when the change found nothing to change; nothing was written then.</summary>
    public bool Changed => !ReferenceEquals(Before, After.Value);
}

/// <summary>A change, and what was decided on the record that was saved.</summary>
public sealed record RequestChange<TDecision>(
    RequestRecord Before, Stored<RequestRecord> After, TDecision Decision, bool AreSideEffectsQueued = true)
    : RequestChange(Before, After, AreSideEffectsQueued);

/// <summary>
/// The one way in which a stored request changes: read, apply, save under the ETag; a lost race reads again and applies again.
/// The callbacks of a change are written with it; its other side effects are queued afterwards.
/// </summary>
/// <remarks>
/// A change is a function of the record alone, since it is called again after a lost race. It returns the same record where there is
/// nothing to change. Where its caller has to know what was decided, it returns that beside the record.
/// </remarks>
public sealed class RequestChanges(RequestStore store, IRequestSideEffects sideEffects, TimeProvider time)
{
    private const int MaxTries = 50;

    /// <summary>Changes a request by its id; null when there is no such request.</summary>
    public async Task<RequestChange?> UpdateAsync(
        RequestId id, Func<RequestRecord, RequestRecord> change, CancellationToken cancellationToken) =>
        await store.ReadAsync(id, cancellationToken) is { } stored ? await UpdateAsync(stored, change, cancellationToken) : null;

    /// <summary>Changes a request that was just read.</summary>
    public async Task<RequestChange> UpdateAsync(
        Stored<RequestRecord> stored, Func<RequestRecord, RequestRecord> change, CancellationToken cancellationToken) =>
        await UpdateAsync(stored, request => (change(request), 0), cancellationToken);

    /// <summary>Changes a request that was just read; the decision comes back with what is stored.</summary>
    public async Task<RequestChange<TDecision>> UpdateAsync<TDecision>(
        Stored<RequestRecord> stored, Func<RequestRecord, (RequestRecord Next, TDecision Decision)> change,
        CancellationToken cancellationToken)
    {
        var ahead = false;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var now = time.GetUtcNow();
            var before = stored.Value;
            var (next, decision) = change(before);
            var after = CallbackEvents.Note(before, next, now);
            if (ReferenceEquals(after, before))
            {
                return new RequestChange<TDecision>(before, stored, decision);
            }

            ahead = ahead || await sideEffects.QueueAheadAsync(before, after, now, cancellationToken);
            if (await store.ReplaceAsync(after, stored.ETag, cancellationToken) is { } etag)
            {
                if (before.EndedAt is null && after.EndedAt is not null)
                {
                    Meters.Ended(after.Product, Result(after));
                }

                var queued = await sideEffects.QueueAsync(before, after, callback: !ahead, cancellationToken);
                return new RequestChange<TDecision>(before, new Stored<RequestRecord>(after, etag), decision, queued);
            }

            stored = await store.ReadAsync(before.Id, cancellationToken)
                ?? throw new StorageUnavailableException("A request went away while it was changed.");
        }

        throw new StorageUnavailableException("A request stayed contended.");
    }

    private static string Result(RequestRecord request) =>
        request.Verification is { } state ? RequestLife.NameOf(state.Result) : ApiNames.Of(request.Status).ToLowerInvariant();
}

/// <summary>
/// What follows from a change of a request: the outcome is reported upstream, the account is notified, and what was reserved for a send
/// that will not happen is released. Declared here and implemented above (the only dependency that points upwards), so that no change can
/// leave it out.
/// </summary>
public interface IRequestSideEffects
{
    /// <summary>Queues what follows from a saved change; false where the queue did not take it.</summary>
    Task<bool> QueueAsync(RequestRecord before, RequestRecord after, bool callback, CancellationToken cancellationToken);

    /// <summary>Queues the callback of a change that is about to be saved after the due time; false where there is none.</summary>
    /// <exception cref="StorageUnavailableException">It could not be queued; the change must not be saved.</exception>
    Task<bool> QueueAheadAsync(RequestRecord before, RequestRecord after, DateTimeOffset now, CancellationToken cancellationToken);
}
