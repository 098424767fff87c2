namespace FlashFunctions.Core.Storage;

/// <summary>
/// Partitions for rows that are found by a hash and that no other row leads to: 4,096 of them, by the hash's first two characters. The
/// timer looks through a few of them each minute for expired rows, so that each partition is visited once in a row's lifetime.
/// </summary>
public static class Buckets
{
    public const int Count = 64 * 64;

    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    public static string Of(string hash) => hash[..2];

    /// <summary>The buckets whose turn it is in a minute, where a round through all of them takes <paramref name="round"/>.</summary>
    public static IEnumerable<string> Due(long minute, TimeSpan round)
    {
        var minutes = (long)round.TotalMinutes;
        var turn = minute % minutes;
        for (var bucket = turn * Count / minutes; bucket < (turn + 1) * Count / minutes; bucket++)
        {
            yield return $"{Characters[(int)bucket / Characters.Length]}{Characters[(int)bucket % Characters.Length]}";
        }
    }

    /// <summary>Deletes the rows of those buckets that are past their life, unless they are changed at that moment.</summary>
    public static async Task PurgeAsync(
        ITable table, long minute, TimeSpan round, Func<Row, bool> isPast, CancellationToken cancellationToken)
    {
        var due = Due(minute, round).ToAsyncEnumerable().SelectMany(bucket => table.ReadAllAsync(bucket, cancellationToken));
        await foreach (var row in due.Where(isPast))
        {
            await table.DeleteAsync(row.Key, row.ETag, cancellationToken);
        }
    }
}
