using System.Collections.Concurrent;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Callbacks;

/// <summary>A host that did not take the last callback that an account had sent to it.</summary>
public sealed record FailingReceiver
{
    /// <summary>For how long it is listed after its next try, or after its last one where there is none.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    public required string Account { get; init; }

    /// <summary>The host of the callback address, and its port.</summary>
    public required string Host { get; init; }

    /// <summary>When the first try began that failed without a success since.</summary>
    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset LastTryAt { get; init; }

    /// <summary>Why the last try failed; of the receiver's answer, only its status code.</summary>
    public required string LastFailure { get; init; }

    /// <summary>How many tries of the callback that failed last have been made, 1 to 7.</summary>
    public required int Tries { get; init; }

    /// <summary>When that callback is tried again; null: it was given up.</summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Whether it is known no longer: nothing has been sent to it for a day, though something should have been.</summary>
    public bool IsPast(DateTimeOffset now) => now > (NextTryAt ?? LastTryAt) + Kept;
}

/// <summary>
/// The receivers that fail now, a row each in the table of dead letters: written when a try fails (not again within ten seconds where it
/// says the same), deleted when one succeeds. A success costs a call only where its own callback had failed before, or this instance has
/// seen its receiver fail. Where the store does not take it, nothing but this list is wrong.
/// </summary>
public sealed partial class FailingReceivers(
    [FromKeyedServices(TableNames.DeadLetters)] ITable table, TimeProvider time, ILogger<FailingReceivers> logger)
{
    private const int MostKnown = 4_096;

    private static readonly TimeSpan RewrittenAfter = TimeSpan.FromSeconds(10);
    private static readonly RowFormat<FailingReceiver> Format = RowFormat.Json(CallbackJson.Default.FailingReceiver);

    /// <summary>What this instance wrote last of the receivers that it has seen fail.</summary>
    private readonly ConcurrentDictionary<SendRoute, (DateTimeOffset At, string Failure, int Tries)> _known = new();

    /// <summary>Notes how a try ended, by the delivery before it and after it.</summary>
    internal async Task NoteAsync(SendRoute route, Delivery before, Delivery after, CancellationToken cancellationToken)
    {
        try
        {
            if (after.State is DeliveryState.Waiting or DeliveryState.Dead)
            {
                await NoteFailureAsync(route, after, cancellationToken);
            }
            else if (_known.TryRemove(route, out _) || before.LastFailure is not null)
            {
                await table.DeleteAsync(TableKeys.FailingReceiver(route.Account, route.Host), null, cancellationToken);
            }
        }
        catch (StorageUnavailableException exception)
        {
            Log.NotNoted(logger, exception, route.Account);
        }
    }

    /// <summary>
    /// A page of at most <paramref name="pageSize"/> (1 to 999), of one account or of all, in the order of account and host; null where
    /// <paramref name="after"/> is not the beginning of a page. It may hold fewer than asked for, or none, though another one follows.
    /// </summary>
    public async Task<Page<FailingReceiver>?> ListAsync(string? account, string? after, int pageSize, CancellationToken cancellationToken)
    {
        if (after is not null && !TableKeys.IsFailingReceiver(after))
        {
            return null;
        }

        var (now, first) = (time.GetUtcNow(), account is null ? null : TableKeys.FailingReceiversOf(account));
        var begin = string.CompareOrdinal(first, after) > 0 ? first : after;
        var rows = await table.QueryAfterAsync(TableKeys.FailingReceivers, begin, pageSize + 1, cancellationToken);
        var page = rows.Where(row => first is null || row.RowKey.StartsWith(first, StringComparison.Ordinal)).ToArray();
        var next = page.Length > pageSize ? page[pageSize - 1].RowKey : null;
        return new Page<FailingReceiver>([.. page.Take(pageSize).Select(Format.Read).Where(receiver => !receiver.IsPast(now))], next);
    }

    /// <summary>Deletes the rows of receivers that nothing has been sent to for a day.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var past = await table.ReadAllAsync(TableKeys.FailingReceivers, cancellationToken)
            .Where(row => Format.Read(row).IsPast(now)).Select(row => row.RowKey).ToListAsync(cancellationToken);
        if (past.Count > 0)
        {
            await table.DeleteBatchAsync(TableKeys.FailingReceivers, past, cancellationToken);
        }
    }

    private async Task NoteFailureAsync(SendRoute route, Delivery failed, CancellationToken cancellationToken)
    {
        var (now, failure) = (time.GetUtcNow(), failed.LastFailure ?? "");
        if (failed.NextTryAt is not null && _known.TryGetValue(route, out var known) && known.Failure == failure
            && known.Tries >= failed.Tries && now - known.At < RewrittenAfter)
        {
            return;
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[route] = (now, failure, failed.Tries);
        var latest = new FailingReceiver
        {
            Account = route.Account,
            Host = route.Host,
            Since = failed.LastTryAt ?? now,
            LastTryAt = failed.LastTryAt ?? now,
            LastFailure = failure,
            Tries = failed.Tries,
            NextTryAt = failed.NextTryAt,
        };
        await table.UpdateAsync(
            Format,
            TableKeys.FailingReceiver(route.Account, route.Host),
            current => (current is null || current.IsPast(now) ? latest : latest with { Since = current.Since }, 0),
            cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The store did not take how a receiver of {Account} does: the list of failing ones is off")]
        public static partial void NotNoted(ILogger logger, Exception exception, string account);
    }
}
