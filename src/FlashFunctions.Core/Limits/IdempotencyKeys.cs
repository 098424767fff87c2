using FlashFunctions.Core.Input;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>What a call with an idempotency key comes to.</summary>
public abstract record KeyClaim
{
    private KeyClaim() { }

    /// <summary>Go ahead under this id: the call came without a key, is the first with it, or takes up a first one that died.</summary>
    /// <param name="Id">The id that the request gets.</param>
    /// <param name="Row">The key's row, for the request to carry; null without a key.</param>
    /// <param name="ETag">The row's version where this very call wrote it, so that a refusal may free the key again.</param>
    public sealed record Free(RequestId Id, string? Row = null, string? ETag = null) : KeyClaim;

    /// <summary>The first call made this request: its answer is to be given again.</summary>
    public sealed record Known(Stored<RequestRecord> Stored) : KeyClaim;

    public sealed record Refused(Problem Problem) : KeyClaim;
}

/// <summary>
/// The table of idempotency keys. A key's row holds the id of the request before there is one, and that id decides everything: a
/// repeated call waits for its request; where the first try died before storing it, the repeat goes on under the same id, and as a request
/// can be stored only once, so can nothing be sent twice. The answer is made again from the request, and a refusal frees the key.
/// </summary>
public sealed class IdempotencyKeys([FromKeyedServices(TableNames.Idempotency)] ITable table, RequestStore store, TimeProvider time)
{
    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    /// <summary>After that a first try that has stored nothing counts as dead. Longer than any call takes.</summary>
    public static readonly TimeSpan FirstTry = TimeSpan.FromSeconds(15);

    private const string At = "At";
    private const int MaxLooks = 100;

    private static readonly RowFormat<KeyUse> Format = new(
        use => [("Request", use.Request.Text), ("Call", use.Call), (At, use.At.ToUnixTimeMilliseconds())],
        row => new KeyUse(
            RequestId.Parse(row.Text("Request")!, null), row.Text("Call")!, DateTimeOffset.FromUnixTimeMilliseconds(row.Number(At) ?? 0)));

    /// <summary>
    /// Between two looks: twice as long each time, so that a first try that hangs costs some 30 round trips and not hundreds.
    /// </summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(1_500);

    /// <summary>A request that is taken up has to have at least this life left to be of use.</summary>
    private static readonly TimeSpan LeastLife = TimeSpan.FromSeconds(30);

    /// <summary>Claims a key for a new request, or finds out what became of the one that has it.</summary>
    /// <param name="key">Null for a call without one, which costs nothing here. The good case costs one round trip.</param>
    /// <param name="fresh">The id that a new request would have.</param>
    public async Task<KeyClaim> ClaimAsync(IdempotencyKey? key, RequestId fresh, CancellationToken cancellationToken)
    {
        if (key is null)
        {
            return new KeyClaim.Free(fresh);
        }

        key = await InUseAsync(key, cancellationToken);
        var (mayBeFree, pause) = (true, ShortestPause);
        for (var looks = 0; looks < MaxLooks; looks++)
        {
            if (mayBeFree && await table.InsertAsync(ToRow(key, fresh), cancellationToken) is { } etag)
            {
                return new KeyClaim.Free(fresh, key.Hash, etag);
            }

            var stored = await table.ReadAsync(Format, TableKeys.Idempotency(key.Hash), cancellationToken);
            if (stored is not null && await LookAsync(key, fresh, stored, cancellationToken) is { } claim)
            {
                return claim;
            }

            mayBeFree = stored is null;
            await Task.Delay(pause, time, cancellationToken);
            pause = 2 * pause < LongestPause ? 2 * pause : LongestPause;
        }

        throw new StorageUnavailableException("An idempotency key stayed contended.");
    }

    /// <summary>The key as it is in use: under a service key before, where its row is.</summary>
    private async Task<IdempotencyKey> InUseAsync(IdempotencyKey key, CancellationToken cancellationToken)
    {
        foreach (var previous in key.Previous)
        {
            if (await table.ReadAsync(TableKeys.Idempotency(previous.Hash), cancellationToken) is not null)
            {
                return previous;
            }
        }

        return key;
    }

    /// <summary>Frees a key whose call was refused: nothing was sent, and the caller may come again with it.</summary>
    public async Task ReleaseAsync(KeyClaim.Free claim, CancellationToken cancellationToken)
    {
        if (claim is { Row: { } hash, ETag: { } etag })
        {
            await table.DeleteAsync(TableKeys.Idempotency(hash), etag, cancellationToken);
        }
    }

    /// <summary>Forgets the key that a request was asked for with. Gives how many rows that were.</summary>
    public async Task<int> ForgetAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (request.IdempotencyRow is not { } hash)
        {
            return 0;
        }

        var at = TableKeys.Idempotency(hash);
        return await table.ReadAsync(Format, at, cancellationToken) is { } stored
            && stored.Value.Request == request.Id
            && await table.DeleteAsync(at, stored.ETag, cancellationToken) ? 1 : 0;
    }

    /// <summary>Forgets keys that are past their life, those of the buckets whose turn it is: each is gone a day later at most.</summary>
    public Task PurgeAsync(long minute, CancellationToken cancellationToken)
    {
        var past = (time.GetUtcNow() - Life).ToUnixTimeMilliseconds();
        return Buckets.PurgeAsync(table, minute, Life, row => row.Number(At) <= past, cancellationToken);
    }

    /// <summary>One look at a key that somebody has; null to look again.</summary>
    private async Task<KeyClaim?> LookAsync(IdempotencyKey key, RequestId fresh, Stored<KeyUse> known, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (id, call, since) = known.Value;
        if (now >= since + Life)
        {
            return await ReplaceAsync(key, fresh, known.ETag, cancellationToken);
        }

        if (call != key.Call)
        {
            return new KeyClaim.Refused(Problem.KeyInUse);
        }

        return await store.ReadAsync(id, cancellationToken) switch
        {
            { Value.WasNotAccepted: true } => await ReplaceAsync(key, fresh, known.ETag, cancellationToken),
            { } stored => new KeyClaim.Known(stored),

            // Nothing that is stored after its due time sends anything, so the first try cannot come back.
            null when now >= id.DueAt => await ReplaceAsync(key, fresh, known.ETag, cancellationToken),
            null when now < since + FirstTry => null,
            null when now >= id.DueAt - LeastLife => new KeyClaim.Refused(Problem.Unavailable(id.DueAt - now)),
            null => new KeyClaim.Free(id, key.Hash),
        };
    }

    private async Task<KeyClaim?> ReplaceAsync(IdempotencyKey key, RequestId fresh, string etag, CancellationToken cancellationToken) =>
        await table.ReplaceAsync(ToRow(key, fresh, etag), cancellationToken) is { } written
            ? new KeyClaim.Free(fresh, key.Hash, written)
            : null;

    private Row ToRow(IdempotencyKey key, RequestId id, string? etag = null) =>
        Format.ToRow(TableKeys.Idempotency(key.Hash), new KeyUse(id, key.Call, time.GetUtcNow()), etag);

    /// <summary>The request that a key made, or is about to make, a hash of its call, and when it was first used.</summary>
    private sealed record KeyUse(RequestId Request, string Call, DateTimeOffset At);
}
