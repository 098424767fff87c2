using FlashFunctions.Core.Primitives;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Requests;

/// <summary>A change that was saved, or found to be none.</summary>
/// <param name="Before">What the change was applied to.</param>
/// <param name="After">What stands in the store now.</param>
/// <param name="IsFollowedUp">False when the queue did not take what follows from it.</param>
public sealed record RequestChange(RequestRecord Before, Stored<RequestRecord> After, bool IsFollowedUp = true)
{
    /// <summary>False when the change found nothing to change; nothing was written then.</summary>
    public bool Changed => !ReferenceEquals(Before, After.Value);
}

/// <summary>
/// The one way in which a stored request changes: read, apply, save under the ETag; a lost race reads again and applies
/// again. What the account is to be told of it is written with it; what follows from the change is queued afterwards.
/// </summary>
public sealed class RequestChanges(RequestStore store, IRequestSideEffects sideEffects, TimeProvider time)
{
    private const int MaxTries = 50;

    /// <summary>Applies a change to a request by its id; null when there is no such request.</summary>
    public async Task<RequestChange?> ApplyAsync(
        RequestId id, Func<RequestRecord, RequestRecord> change, CancellationToken cancellationToken) =>
        await store.ReadAsync(id, cancellationToken) is { } stored ? await ApplyAsync(stored, change, cancellationToken) : null;

    /// <summary>
    /// Applies a change to a request that was just read. <paramref name="change"/> is called again with the newer record after
    /// a lost race; it gives back the same record when there is nothing to change.
    /// </summary>
    public async Task<RequestChange> ApplyAsync(
        Stored<RequestRecord> stored, Func<RequestRecord, RequestRecord> change, CancellationToken cancellationToken)
    {
        var ahead = false;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var now = time.GetUtcNow();
            var after = CallbackEvents.Note(stored.Value, change(stored.Value), now);
            if (ReferenceEquals(after, stored.Value))
            {
                return new RequestChange(stored.Value, stored);
            }

            ahead = ahead || await sideEffects.QueueAheadAsync(stored.Value, after, now, cancellationToken);
            if (await store.ReplaceAsync(after, stored.ETag, cancellationToken) is { } etag)
            {
                if (stored.Value.EndedAt is null && after.EndedAt is not null)
                {
                    Meters.Ended(after.Product, Result(after));
                }

                var followedUp = await sideEffects.QueueAsync(stored.Value, after, callback: !ahead, cancellationToken);
                return new RequestChange(stored.Value, new Stored<RequestRecord>(after, etag), followedUp);
            }

            stored = await store.ReadAsync(stored.Value.Id, cancellationToken)
                ?? throw new StorageUnavailableException("A request went away while it was changed.");
        }

        throw new StorageUnavailableException("A request stayed contended.");
    }

    private static string Result(RequestRecord request) =>
        request.Verification is { } state ? ExpiryRules.Word(state.Result) : ApiNames.Of(request.Status).ToLowerInvariant();
}

/// <summary>
/// What follows from a change of a request: the outcome is reported upstream, the account is notified, and what was reserved for a send that
/// will not happen is released. Declared here and implemented above (the only dependency that points upwards), so that no change can leave it out.
/// </summary>
public interface IRequestSideEffects
{
    /// <summary>Queues what follows from a saved change; false where the queue did not take it.</summary>
    Task<bool> QueueAsync(RequestRecord before, RequestRecord after, bool callback, CancellationToken cancellationToken);

    /// <summary>Queues the callback of a change that is about to be saved after the due time; false where there is none.</summary>
    /// <exception cref="StorageUnavailableException">It could not be queued; the change must not be saved.</exception>
    Task<bool> QueueAheadAsync(RequestRecord before, RequestRecord after, DateTimeOffset now, CancellationToken cancellationToken);
}
