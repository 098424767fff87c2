using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>
/// Once an hour, puts the length of messages' texts in the place of those that have not been needed for long enough. It looks through the
/// minutes that have reached that age since the last time, and through what is not due yet: flows that ended early. One that ended early
/// and has become due since is come to with its minute, so that its texts stay for twice as long at most.
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
        var mark = await watermarks.ReadAsync(Shortened, Watermarks.BeforeAll, cancellationToken);
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
        string? continuation = null;
        do
        {
            var page = await store.QueryTextsAsync(shard, minutes, since, continuation, cancellationToken);
            var results = await runner.ForEachRowAsync(
                "shorten", page.Rows, (row, token) => changes.UpdateAsync(store.Read(page.Rows[row]), KeptTexts.Shorten, token),
                cancellationToken);
            again |= results.Contains(SweepResult.Again);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        if (again)
        {
            throw new StorageUnavailableException("Some texts could not be shortened.");
        }
    }
}
