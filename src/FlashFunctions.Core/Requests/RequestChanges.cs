using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Requests;

/// <summary>A change that was saved, or found to be none.</summary>
/// <param name="Before">What the change was applied to.</param>
/// <param name="After">What stands in the store now.</param>
public sealed record RequestChange(RequestRecord Before, Stored<RequestRecord> After)
{
    /// <summary>False when the change found nothing to change; nothing was written then.</summary>
    public bool Changed => !ReferenceEquals(Before, After.Value);
}

/// <summary>
/// The one way in which a stored request changes: read, apply, save under the ETag; a lost race reads again and applies
/// again. What follows from the change is queued afterwards.
/// </summary>
public sealed class RequestChanges(RequestStore store, FollowUps followUps)
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
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var after = change(stored.Value);
            if (ReferenceEquals(after, stored.Value))
            {
                return new RequestChange(stored.Value, stored);
            }

            if (await store.ReplaceAsync(after, stored.ETag, cancellationToken) is { } etag)
            {
                await followUps.QueueAsync(stored.Value, after, cancellationToken);
                return new RequestChange(stored.Value, new Stored<RequestRecord>(after, etag));
            }

            stored = await store.ReadAsync(stored.Value.Id, cancellationToken)
                ?? throw new StorageUnavailableException("A request went away while it was changed.");
        }

        throw new StorageUnavailableException("A request stayed contended.");
    }
}
