using System.Security.Cryptography;
using FlashFunctions.Core.Input;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Callbacks;

public sealed record DeadLetter
{
    /// <summary>The key of its row; <see cref="DeadLetters.AddAsync"/> sets it.</summary>
    public string Id { get; init; } = "";

    public required string Account { get; init; }

    /// <summary>The kind of job: callback, inbound-sms and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>The request that it is about; null where it is not about a request.</summary>
    public string? Request { get; init; }

    /// <summary>Why it was given up, in a sentence.</summary>
    public required string Reason { get; init; }

    /// <summary>The queue that a retry goes to, one of <see cref="QueueNames"/>.</summary>
    public required string Queue { get; init; }

    /// <summary>
    /// The message that a retry sends: a job of that queue, with all its tries. Like every message it names a record and does not hold its
    /// content.
    /// </summary>
    public required string Message { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>The table of dead letters. They are kept as long as requests are, in one partition a day.</summary>
public sealed class DeadLetters(
    [FromKeyedServices(TableNames.DeadLetters)] ITable table, [FromKeyedServices(QueueNames.Dispatch)] IWorkQueue dispatch,
    [FromKeyedServices(QueueNames.Reports)] IWorkQueue reports, [FromKeyedServices(QueueNames.Callbacks)] IWorkQueue callbacks,
    SealedText seal, IOptions<SweepOptions> sweep, TimeProvider time)
{
    /// <summary>The most days that a page looks through, so that an empty year does not keep a caller waiting.</summary>
    private const int DaysAPage = 62;

    private const string Cursor = "dead letters";
    private const char Separator = '|';

    private static readonly RowFormat<DeadLetter> Format = RowFormat.Json(CallbackJson.Default.DeadLetter);

    /// <summary>Keeps a job that was given up. Returns the letter's id.</summary>
    public async Task<string> AddAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var key = TableKeys.DeadLetter(at, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var kept = letter with { Id = TableKeys.IdOf(key), At = at };
        _ = await table.InsertAsync(Format.ToRow(key, kept), cancellationToken)
            ?? throw new StorageUnavailableException("A dead letter's id was taken.");
        return kept.Id;
    }

    /// <summary>
    /// Keeps a message that could not be read as a job of its queue, whole: a later version may be able to. It belongs to no account.
    /// </summary>
    public Task<string> AddUnreadableAsync(string queue, string message, CancellationToken cancellationToken) => AddAsync(
        new DeadLetter
        {
            Account = "",
            Kind = "unreadable",
            Reason = $"A message of {queue} that is no job.",
            Queue = queue,
            Message = message,
        },
        cancellationToken);

    /// <summary>
    /// A page of at most <paramref name="pageSize"/> letters (1 to 1,000), of one account or of all, the latest first; null where
    /// <paramref name="after"/> is not the beginning of a page. It may hold fewer than asked for, or none, though another one follows.
    /// </summary>
    public async Task<Page<DeadLetter>?> ListAsync(string? account, string? after, int pageSize, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var oldest = today.AddDays(-sweep.Value.RetentionDays - 1);
        if (Begin(after, today) is not var (day, row) || day < oldest)
        {
            return after is null ? new Page<DeadLetter>([], null) : null;
        }

        var letters = new List<DeadLetter>();
        var last = day.AddDays(1 - DaysAPage);
        while (day >= oldest)
        {
            var most = pageSize - letters.Count;
            var rows = await table.QueryAfterAsync(TableKeys.DeadLetterPartition(day), row, most, cancellationToken);
            letters.AddRange(rows.Select(Format.Read).Where(letter => account is null || letter.Account == account));
            (day, row) = rows.Count == most ? (day, rows[^1].RowKey) : (day.AddDays(-1), null);
            if (letters.Count == pageSize || (day < last && day >= oldest))
            {
                return new Page<DeadLetter>(letters, seal.Seal(Cursor, $"{day.DayNumber}{Separator}{row}"));
            }
        }

        return new Page<DeadLetter>(letters, null);
    }

    /// <summary>Those of today and yesterday (UTC) that are younger than that, at most 1,000 of each day. Two round trips.</summary>
    public async Task<IReadOnlyList<DeadLetter>> SinceAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        const int Most = 1_000;
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var days = await Task.WhenAll(
            table.QueryAfterAsync(TableKeys.DeadLetterPartition(today), null, Most, cancellationToken),
            table.QueryAfterAsync(TableKeys.DeadLetterPartition(today.AddDays(-1)), null, Most, cancellationToken));
        return [.. days.SelectMany(rows => rows).Select(Format.Read).Where(letter => letter.At >= since)];
    }

    /// <summary>
    /// Queues a job again and deletes its letter; false where there is no such letter. A crash in between leaves the letter.
    /// </summary>
    public async Task<bool> RetryAsync(string id, CancellationToken cancellationToken)
    {
        if (TableKeys.DeadLetter(id) is not { } key || await table.ReadAsync(key, cancellationToken) is not { } row)
        {
            return false;
        }

        var letter = Format.Read(row);
        await QueueOf(letter).SendAsync(letter.Message, TimeSpan.Zero, cancellationToken);
        await table.DeleteAsync(key, null, cancellationToken);
        return true;
    }

    public Task PurgeAsync(DateOnly day, CancellationToken cancellationToken) =>
        table.PurgeAsync(TableKeys.DeadLetterPartition(day), cancellationToken);

    private IWorkQueue QueueOf(DeadLetter letter) => letter.Queue switch
    {
        QueueNames.Dispatch => dispatch,
        QueueNames.Reports => reports,
        QueueNames.Callbacks => callbacks,
        _ => throw new InvalidOperationException("A dead letter of a queue that does not exist."),
    };

    private (DateOnly Day, string? Continuation)? Begin(string? after, DateOnly today)
    {
        if (after is null)
        {
            return (today, null);
        }

        try
        {
            var parts = seal.Open(Cursor, after).Split(Separator, 2);
            return (DateOnly.FromDayNumber(int.Parse(parts[0])), parts[1].Length > 0 ? parts[1] : null);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }
}
