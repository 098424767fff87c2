using System.Runtime.CompilerServices;
using FlashFunctions.Core.Numbers;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FlashFunctions.Core.Requests;

/// <summary>A request that the index leads to.</summary>
public sealed record IndexEntry(RequestId Request, string Account, DateTimeOffset CreatedAt);

/// <summary>
/// Leads to requests by their number in any account, by their account and the hour in which they were made, and by their account and its
/// reference, the newest first. A request's rows are written once it is stored, before its job is queued; the job says so, and the first write of its dispatch notes it on
/// the request. Where that note is missing the timer writes them. They go with their request.
/// </summary>
public sealed partial class RequestIndex([FromKeyedServices(TableNames.Index)] ITable table, ServiceKey key, ILogger<RequestIndex> logger)
{
    private const string Purpose = "index number";
    private const string ReferencePurpose = "index reference";
    private const string Request = "Request";
    private const string Account = "Account";
    private const int PageSize = 1_000;
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
            .SelectMany(request => PartitionsOf(request).Select(partition => (Partition: partition, Row: RowOf(request))))
            .GroupBy(at => at.Partition, at => at.Row, StringComparer.Ordinal),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (rows, token) => await table.DeleteBatchAsync(rows.Key, [.. rows], token));

    /// <summary>The requests to a number, of every account.</summary>
    public async IAsyncEnumerable<IndexEntry> OfNumberAsync(
        PhoneNumber number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in PartitionsOf(number))
        {
            await foreach (var entry in ReadAsync(partition, cancellationToken))
            {
                yield return entry;
            }
        }
    }

    /// <summary>The requests that an account made in the hour (UTC) of that time.</summary>
    public IAsyncEnumerable<IndexEntry> OfAccountAsync(string account, DateTimeOffset hour, CancellationToken cancellationToken) =>
        ReadAsync(TableKeys.IndexOfAccount(account, hour), cancellationToken);

    /// <summary>The requests of an account that have a reference.</summary>
    public async IAsyncEnumerable<IndexEntry> OfReferenceAsync(
        string account, string reference, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in PartitionsOf(account, reference))
        {
            await foreach (var entry in ReadAsync(partition, cancellationToken))
            {
                yield return entry;
            }
        }
    }

    private async IAsyncEnumerable<IndexEntry> ReadAsync(string partition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await table.QueryAsync(partition, continuation, PageSize, cancellationToken);
            foreach (var row in page.Rows)
            {
                if (RequestId.TryParse(row.Text(Request), null, out var id))
                {
                    yield return new IndexEntry(id, row.Text(Account)!, TableKeys.IndexedAt(row.RowKey));
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
    }

    private IEnumerable<Row> RowsOf(RequestRecord request)
    {
        var properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [Request] = request.Id.Text, [Account] = request.Account };
        yield return new Row(TableKeys.IndexOfNumber(key.Hash(Purpose, request.Number.E164)), RowOf(request), properties);
        yield return new Row(TableKeys.IndexOfAccount(request.Account, request.CreatedAt), RowOf(request), properties);
        if (request.Reference is { } reference)
        {
            yield return new Row(PartitionsOf(request.Account, reference).First(), RowOf(request), properties);
        }
    }

    /// <summary>Where a request's rows are: its number's may have been written under a service key before.</summary>
    private IEnumerable<string> PartitionsOf(RequestRecord request) =>
        PartitionsOf(request.Number)
            .Append(TableKeys.IndexOfAccount(request.Account, request.CreatedAt))
            .Concat(request.Reference is { } reference ? PartitionsOf(request.Account, reference) : []);

    private IEnumerable<string> PartitionsOf(PhoneNumber number) =>
        key.PreviousHashes(Purpose, number.E164).Prepend(key.Hash(Purpose, number.E164)).Select(TableKeys.IndexOfNumber);

    private IEnumerable<string> PartitionsOf(string account, string reference) =>
        key.PreviousHashes(ReferencePurpose, account, reference)
            .Prepend(key.Hash(ReferencePurpose, account, reference))
            .Select(hash => TableKeys.IndexOfReference(account, hash));

    private static string RowOf(RequestRecord request) => TableKeys.IndexRow(request.CreatedAt, request.Id.Text);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The index of {RequestId} could not be written; the timer will write it")]
        public static partial void NotWritten(ILogger logger, RequestId requestId);
    }
}
