using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Idempotency;
using FlashFunctions.Core.Inbound;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Sweep;

/// <summary>
/// Deletes requests, inbound messages and dead letters that are past retention, with the references and guard rows that lead nowhere any more, and keys
/// and references that nothing leads to.
/// </summary>
public sealed class Purge(
    RequestStore store,
    RequestIndex index,
    WebhookReferences references,
    Guard.NumberGuard guard,
    IdempotencyKeys keys,
    DeadLetters letters,
    InboundStore inbound,
    Watermarks watermarks,
    TimeProvider time)
{
    private const string Purged = "purged";
    private const int PageSize = 1_000;
    private const int MostMinutesAtOnce = 120;
    private const int MinutesADay = 1_440;

    /// <summary>Deletes what was due longer ago than the retention, at most two hours' worth at a time.</summary>
    public async Task RunAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var last = TableKeys.Minute(time.GetUtcNow() - retention) - 1;
        var mark = await watermarks.ReadAsync(Purged, last - 1, cancellationToken);
        last = Math.Min(last, mark.Minute + MostMinutesAtOnce);
        for (var minute = mark.Minute + 1; minute <= last; minute++)
        {
            for (var shard = 0; shard < TableKeys.Shards; shard++)
            {
                await PurgeShardAsync(minute, shard, cancellationToken);
            }

            if (minute % MinutesADay == 0)
            {
                var day = DateOnly.FromDateTime(DateTime.UnixEpoch.AddMinutes(minute - 1));
                await letters.PurgeAsync(day, cancellationToken);
                await inbound.PurgeAsync(day, cancellationToken);
            }

            await keys.PurgeAsync(minute, cancellationToken);
            await references.PurgeAsync(minute, retention, cancellationToken);
            mark = await watermarks.WriteAsync(mark, minute, cancellationToken);
        }
    }

    private async Task PurgeShardAsync(long minute, int shard, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.QueryAsync(minute, shard, null, PageSize, cancellationToken);
            if (page.Requests.Count == 0)
            {
                return;
            }

            foreach (var request in page.Requests.Select(stored => stored.Value))
            {
                await ForgetAsync(request, cancellationToken);
            }

            await index.ForgetAsync(page.Requests.Select(stored => stored.Value), cancellationToken);
            await store.DeleteAsync(minute, shard, [.. page.Requests.Select(stored => stored.Value.Id)], cancellationToken);
        }
    }

    private async Task ForgetAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        foreach (var attempt in request.Attempts.Where(attempt => attempt is { Provider: not null, Reference: not null }))
        {
            await references.ForgetAsync(attempt.Provider!, attempt.Reference!, cancellationToken);
        }

        await guard.ForgetIfIdleAsync(request, cancellationToken);
    }
}
