using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Deletes requests, inbound messages and dead letters that are past retention, with the references and guard rows that lead nowhere any
/// more, and keys and references that nothing leads to.
/// </summary>
public sealed class Purge(
    RequestStore store, RequestIndex index, WebhookReferences references, NumberGuard guard, IdempotencyKeys keys, DeadLetters letters,
    FailingReceivers receivers, FraudDecisions decisions, InboundStore inbound, Watermarks watermarks, SweepRunner runner,
    TimeProvider time)
{
    private const string Purged = "purged";
    private const int MostMinutesAtOnce = 120;
    private const int MinutesADay = 1_440;

    /// <summary>
    /// Deletes what was due longer ago than the retention, at most two hours' worth at a time. False where some of it has to be done again;
    /// one range query a shard, however many minutes that is.
    /// </summary>
    public async Task<bool> RunAsync(TimeSpan retention, CancellationToken cancellationToken)
    {
        var last = TableKeys.Minute(time.GetUtcNow() - retention) - 1;
        var mark = await watermarks.ReadAsync(Purged, cancellationToken);
        var first = mark.Minute + 1;
        if (mark.ETag is not null)
        {
            last = Math.Min(last, mark.Minute + MostMinutesAtOnce);
        }

        if (first > last)
        {
            return true;
        }

        var results = await runner.ForEachShardAsync(
            "purge", (shard, token) => PurgeShardAsync(shard, first, last, token), cancellationToken);
        for (var minute = mark.ETag is null ? last : first; minute <= last; minute++)
        {
            await PurgeOthersAsync(minute, retention, cancellationToken);
        }

        // What no run could ever delete is passed by, so that it does not hold up what comes after it.
        if (results.Contains(SweepResult.Again))
        {
            return false;
        }

        await watermarks.WriteAsync(mark, last, cancellationToken);
        return true;
    }

    private async Task PurgeOthersAsync(long minute, TimeSpan retention, CancellationToken cancellationToken)
    {
        if (minute % MinutesADay == 0)
        {
            var day = DateOnly.FromDateTime(DateTime.UnixEpoch.AddMinutes(minute - 1));
            await letters.PurgeAsync(day, cancellationToken);
            await receivers.PurgeAsync(cancellationToken);
            await inbound.PurgeAsync(day, cancellationToken);
            await decisions.PurgeAsync(day, cancellationToken);
        }

        await keys.PurgeAsync(minute, cancellationToken);
        await references.PurgeAsync(minute, retention, cancellationToken);
    }

    private async Task PurgeShardAsync(int shard, long first, long last, CancellationToken cancellationToken)
    {
        var again = false;
        await foreach (var page in TableUpdates.PagesAsync(next => store.QueryAsync(shard, first, last, next, cancellationToken)))
        {
            var read = new RequestRecord?[page.Rows.Count];
            var results = await runner.ForEachRowAsync(
                "forget",
                page.Rows,
                (row, token) => ForgetAsync(read[row] = store.Read(page.Rows[row]).Value, token),
                cancellationToken);
            again |= results.Contains(SweepResult.Again);
            await index.ForgetAsync(read.Where((_, row) => results[row] != SweepResult.Again).OfType<RequestRecord>(), cancellationToken);

            // A row that cannot be read is past retention like the others. One that the store failed for stays, since it leads to the rest.
            var past = page.Rows.Where((_, place) => results[place] != SweepResult.Again).GroupBy(
                row => row.PartitionKey, row => row.RowKey, StringComparer.Ordinal);
            foreach (var partition in past)
            {
                await store.DeleteAsync(partition.Key, [.. partition], cancellationToken);
            }
        }

        if (again)
        {
            throw new StorageUnavailableException("Some requests could not be forgotten.");
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

/// <summary>
/// Once an hour, puts the length of messages' texts in the place of those that have not been needed for long enough. It looks through the
/// minutes that have reached that age since the last time, and through what is not due yet: flows that ended early. One of those that has
/// become due since is reached with its minute, so that its texts stay at most twice as long.
/// </summary>
public sealed class OldTexts(RequestStore store, RequestChanges changes, Watermarks watermarks, SweepRunner runner, TimeProvider time)
{
    private const string Shortened = "texts";
    private const int MinutesBetween = 60;

    /// <summary>Shortens what is that old; false where the next run has to do some of it again.</summary>
    public async Task<bool> ShortenAsync(TimeSpan kept, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var (today, old) = (TableKeys.Minute(now), TableKeys.Minute(now - kept));
        var mark = await watermarks.ReadAsync(Shortened, cancellationToken);
        if (mark.ETag is null)
        {
            // A first run has enough to do. Negative: nothing before that minute has been looked through.
            await watermarks.WriteAsync(mark, -old, cancellationToken);
            return true;
        }

        if (old - Math.Abs(mark.Minute) < MinutesBetween)
        {
            return true;
        }

        (long, long)[] ranges = [(Math.Max(0, mark.Minute + 1), old), (today, TableKeys.LastMinute)];
        var results = await runner.ForEachShardAsync(
            "shorten",
            async (shard, token) =>
            {
                foreach (var range in ranges)
                {
                    await ShortenAsync(shard, range, now - kept, token);
                }
            },
            cancellationToken);
        if (results.Contains(SweepResult.Again))
        {
            return false;
        }

        // The last minute was not over yet.
        await watermarks.WriteAsync(mark, old - 1, cancellationToken);
        return true;
    }

    private async Task ShortenAsync(int shard, (long First, long Last) minutes, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var again = false;
        await foreach (var page in TableUpdates.PagesAsync(next => store.QueryTextsAsync(shard, minutes, since, next, cancellationToken)))
        {
            var results = await runner.ForEachRowAsync(
                "shorten", page.Rows, (row, token) => changes.UpdateAsync(store.Read(page.Rows[row]), KeptTexts.Shorten, token),
                cancellationToken);
            again |= results.Contains(SweepResult.Again);
        }

        if (again)
        {
            throw new StorageUnavailableException("Some texts could not be shortened.");
        }
    }
}
