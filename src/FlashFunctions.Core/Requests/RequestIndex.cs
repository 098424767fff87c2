using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Requests;

/// <summary>A request that the index leads to.</summary>
public sealed record IndexEntry(RequestId Request, string Account, DateTimeOffset CreatedAt);

/// <summary>Some rows of the index, the newest first, and whether there are more after them.</summary>
/// <param name="Rows">The key of each, and the request that it leads to; null where it leads to something else.</param>
/// <param name="HasMore">Whether any of the partitions has more.</param>
public sealed record IndexPage(IReadOnlyList<(string Key, IndexEntry? Entry)> Rows, bool HasMore);

/// <summary>
/// Leads to requests by their number in any account, by their account and the hour in which they were made, and by their account and its
/// reference, the newest first. A request's rows are written once it is stored, before its job is queued; the job says so, and the first
/// write of its dispatch notes it on the request. Where that note is missing the timer writes them. They go with their request. Inbound
/// messages have a row by their sender.
/// </summary>
public sealed partial class RequestIndex([FromKeyedServices(TableNames.Index)] ITable table, ServiceKey key, ILogger<RequestIndex> logger)
{
    private const string Purpose = "index number";
    private const string ReferencePurpose = "index reference";
    private const string Request = "Request";
    private const string Account = "Account";
    private const string Message = "Message";
    private const int AtOnce = 8;

    /// <summary>Writes a request's rows; what is there already stays. Two or three round trips at once.</summary>
    /// <exception cref="StorageUnavailableException">Not all of them could be written.</exception>
    public Task WriteAsync(RequestRecord request, CancellationToken cancellationToken) =>
        Task.WhenAll(RowsOf(request).Select(row => table.InsertAsync(row, cancellationToken)));

    /// <summary>The same, where the request is worth more than its rows: false where they could not be written.</summary>
    public async Task<bool> TryWriteAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(request, cancellationToken);
            return true;
        }
        catch (StorageUnavailableException)
        {
            Log.NotWritten(logger, request.Id);
            return false;
        }
    }

    /// <summary>Deletes the rows of requests.</summary>
    public Task ForgetAsync(IEnumerable<RequestRecord> requests, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        requests
            .SelectMany(request => PartitionsOf(request).Select(partition => KeyOf(request, partition)))
            .GroupBy(at => at.Partition, at => at.Row, StringComparer.Ordinal),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (rows, token) => await table.DeleteBatchAsync(rows.Key, [.. rows], token));

    /// <summary>
    /// Deletes a request's rows but for its number's, which leads to the request until that is gone too. Gives how many there were.
    /// </summary>
    public Task<int> EraseOthersAsync(RequestRecord request, CancellationToken cancellationToken) => DeleteAsync(
        PartitionsOf(request).Except(PartitionsOfNumber(request.Number), StringComparer.Ordinal)
            .Select(partition => KeyOf(request, partition)),
        cancellationToken);

    /// <summary>Deletes the row by which a number leads to a request. Gives how many there were.</summary>
    public Task<int> EraseAsync(PhoneNumber number, IndexEntry entry, CancellationToken cancellationToken) =>
        DeleteAsync(
            PartitionsOfNumber(number).Select(partition => TableKeys.Index(partition, entry.CreatedAt, entry.Request.Text)),
            cancellationToken);

    /// <summary>Writes the row by which a number leads to a message that it sent; what is there already stays.</summary>
    public Task WriteMessageAsync(PhoneNumber sender, DateTimeOffset at, string message, CancellationToken cancellationToken) =>
        table.InsertAsync(
            Row.Of(TableKeys.Index(PartitionsOfNumber(sender)[0], at, message), (Message, message)), cancellationToken);

    /// <summary>Deletes the row by which a number leads to a message that it sent. Gives how many there were.</summary>
    public Task<int> EraseMessageAsync(PhoneNumber sender, DateTimeOffset at, string message, CancellationToken cancellationToken) =>
        DeleteAsync(PartitionsOfNumber(sender).Select(partition => TableKeys.Index(partition, at, message)), cancellationToken);

    /// <summary>The keys of the inbound messages of a number and when they came, to every account, the newest first.</summary>
    public IAsyncEnumerable<(string Message, DateTimeOffset At)> MessagesOfAsync(PhoneNumber sender, CancellationToken cancellationToken) =>
        ReadAsync(PartitionsOfNumber(sender), cancellationToken)
            .Where(row => row.Text(Message) is not null)
            .Select(row => (row.Text(Message)!, TableKeys.IndexedAt(row.RowKey)));

    /// <summary>The requests to a number, of every account.</summary>
    public IAsyncEnumerable<IndexEntry> OfNumberAsync(PhoneNumber number, CancellationToken cancellationToken) =>
        ReadAsync(PartitionsOfNumber(number), cancellationToken).Select(EntryOf).OfType<IndexEntry>();

    /// <summary>The requests that an account made in the hour (UTC) of that time.</summary>
    public IAsyncEnumerable<IndexEntry> OfAccountAsync(string account, DateTimeOffset hour, CancellationToken cancellationToken) =>
        ReadAsync([TableKeys.IndexOfAccount(account, hour)], cancellationToken).Select(EntryOf).OfType<IndexEntry>();

    /// <summary>The requests of an account that have a reference.</summary>
    public IAsyncEnumerable<IndexEntry> OfReferenceAsync(string account, string reference, CancellationToken cancellationToken) =>
        ReadAsync(PartitionsOfReference(account, reference), cancellationToken).Select(EntryOf).OfType<IndexEntry>();

    /// <summary>
    /// The rows of some partitions after a key, the newest first whichever partition they are in: at most <paramref name="each"/> of each
    /// partition are read. There is at least one, unless none of them has any.
    /// </summary>
    public async Task<IndexPage> ReadAfterAsync(
        IReadOnlyList<string> partitions, string after, int each, CancellationToken cancellationToken)
    {
        var pages = new IReadOnlyList<Row>[partitions.Count];
        await Parallel.ForAsync(
            0,
            partitions.Count,
            new ParallelOptions { MaxDegreeOfParallelism = 2 * AtOnce, CancellationToken = cancellationToken },
            async (number, token) => pages[number] = await table.QueryAfterAsync(partitions[number], after, each, token));

        // What comes after the last row of a full page is not known, so that no other partition's row can be said to be the next.
        var end = pages.Where(page => page.Count == each).Select(page => page[^1].RowKey).Min(StringComparer.Ordinal);
        var rows = pages.SelectMany(page => page)
            .Where(row => end is null || string.CompareOrdinal(row.RowKey, end) <= 0)
            .OrderBy(row => row.RowKey, StringComparer.Ordinal)
            .DistinctBy(row => row.RowKey, StringComparer.Ordinal);
        return new IndexPage([.. rows.Select(row => (row.RowKey, EntryOf(row)))], end is not null);
    }

    private static IndexEntry? EntryOf(Row row) =>
        RequestId.TryParse(row.Text(Request), null, out var id)
            ? new IndexEntry(id, row.Text(Account)!, TableKeys.IndexedAt(row.RowKey))
            : null;

    private IAsyncEnumerable<Row> ReadAsync(IReadOnlyList<string> partitions, CancellationToken cancellationToken) =>
        partitions.ToAsyncEnumerable().SelectMany(partition => table.ReadAllAsync(partition, cancellationToken));

    private async Task<int> DeleteAsync(IEnumerable<TableKey> rows, CancellationToken cancellationToken)
    {
        var deleted = 0;
        foreach (var row in rows)
        {
            deleted += await table.DeleteAsync(row, null, cancellationToken) ? 1 : 0;
        }

        return deleted;
    }

    private IEnumerable<Row> RowsOf(RequestRecord request)
    {
        string[] partitions =
        [
            PartitionsOfNumber(request.Number)[0],
            TableKeys.IndexOfAccount(request.Account, request.CreatedAt),
            .. request.Reference is { } reference ? PartitionsOfReference(request.Account, reference).Take(1) : [],
        ];
        return partitions.Select(partition => Row.Of(KeyOf(request, partition), (Request, request.Id.Text), (Account, request.Account)));
    }

    /// <summary>Where a request's rows are: its number's may have been written under a service key before.</summary>
    private IEnumerable<string> PartitionsOf(RequestRecord request) =>
    [
        .. PartitionsOfNumber(request.Number),
        TableKeys.IndexOfAccount(request.Account, request.CreatedAt),
        .. request.Reference is { } reference ? PartitionsOfReference(request.Account, reference) : [],
    ];

    /// <summary>The partitions of the requests to a number, in every account; what is written now goes into the first.</summary>
    public IReadOnlyList<string> PartitionsOfNumber(PhoneNumber number) =>
        [.. key.Hashes(Purpose, number.E164).Select(TableKeys.IndexOfNumber)];

    /// <summary>The partitions of the requests of an account that have a reference; what is written now goes into the first.</summary>
    public IReadOnlyList<string> PartitionsOfReference(string account, string reference) =>
        [.. key.Hashes(ReferencePurpose, account, reference).Select(hash => TableKeys.IndexOfReference(account, hash))];

    private static TableKey KeyOf(RequestRecord request, string partition) =>
        TableKeys.Index(partition, request.CreatedAt, request.Id.Text);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The index of {RequestId} could not be written; the timer will write it")]
        public static partial void NotWritten(ILogger logger, RequestId requestId);
    }
}
