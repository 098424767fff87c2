using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using FlashFunctions.Core.Telemetry;

namespace FlashFunctions.Core.Limits;

/// <summary>
/// What a rule decided, for as many requests as it decided the same within an hour: refused, let through without some of its steps, or only
/// observed.
/// </summary>
public sealed record FraudDecision
{
    public required string Account { get; init; }

    /// <summary>What was found for the first request.</summary>
    public required FraudFinding Finding { get; init; }

    /// <summary>What it is about, for people: a prefix, a country, part of a hash; a number masked.</summary>
    public required string Value { get; init; }

    /// <summary>The first time.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The last time.</summary>
    public required DateTimeOffset LastAt { get; init; }

    public required long Requests { get; init; }

    /// <summary>The first request, where it was not refused: a refused one is not stored.</summary>
    public string? Request { get; init; }
}

public sealed record LoggedDecision(string Id, FraudDecision Decision);

/// <summary>What the log of decisions is searched for; null: anything.</summary>
public sealed record FraudDecisionFilter(
    FraudRule? Rule, FraudScope? Scope, FraudMode? Mode, string? Account, DateTimeOffset From, DateTimeOffset To)
{
    public bool Matches(FraudDecision decision) =>
        (Rule is null || decision.Finding.Rule == Rule)
        && (Scope is null || decision.Finding.Scope == Scope)
        && (Mode is null || decision.Finding.Mode == Mode)
        && (Account is null || decision.Account == Account)
        && decision.LastAt.ToUnixTimeMilliseconds() >= From.ToUnixTimeMilliseconds()
        && decision.At.ToUnixTimeMilliseconds() <= To.ToUnixTimeMilliseconds();
}

/// <summary>
/// The log of the fraud guard's decisions. Each instance writes a row for each rule, scope and mode that it decides by, and counts in it
/// for an hour; once a second at most. So an attack writes no more rows than it has scopes.
/// </summary>
public sealed partial class FraudDecisions(
    [FromKeyedServices(TableNames.Fraud)] ITable table, TimeProvider time, ILogger<FraudDecisions> logger) : WriteBehind(time)
{
    private const int PageSize = 1_000;
    private const int MostOpen = 10_000;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly RowFormat<FraudDecision> Format = RowFormat.Json(FraudJson.Default.FraudDecision);

    private readonly ConcurrentDictionary<Subject, Open> _open = new();

    /// <summary>Notes what was decided for a request. A test number's is not noted.</summary>
    public void Note(RequestRecord request, FraudFinding finding, bool isRefused)
    {
        if (request.IsTest)
        {
            return;
        }

        Meters.FraudDecided(finding);
        var (now, value) = (Time.GetUtcNow(), finding.About ?? finding.Seen);
        var subject = new Subject(request.Account, finding.Rule, finding.Scope, finding.Mode, value);
        var open = _open.GetOrAdd(subject, static _ => new Open());
        lock (open)
        {
            if (open.Decision is not { } decision || decision.At + Hour <= now || decision.Finding.Until != finding.Until)
            {
                open.Begin(new FraudDecision
                {
                    Account = request.Account,
                    Finding = finding,
                    Value = value,
                    At = now,
                    LastAt = now,
                    Requests = 0,
                    Request = isRefused ? null : request.Id.Text,
                });
            }

            open.Count(now);
        }

        Arm();
    }

    /// <summary>The decisions after a place in the log, the latest first.</summary>
    public async IAsyncEnumerable<LoggedDecision> ListAsync(
        FraudDecisionFilter filter, TableKey? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await WriteAsync(cancellationToken);

        // What began before the time may have gone on after it.
        var first = DateOnly.FromDateTime((filter.From - Hour).UtcDateTime);
        for (var day = DateOnly.FromDateTime(filter.To.UtcDateTime); day >= first; day = day.AddDays(-1))
        {
            var partition = TableKeys.FraudDecisionPartition(day);
            if (after is not null && string.CompareOrdinal(partition, after.Value.Partition) > 0)
            {
                continue;
            }

            var row = after?.Partition == partition ? after.Value.Row : null;
            IReadOnlyList<Row> rows;
            do
            {
                rows = await table.QueryAfterAsync(partition, row, PageSize, cancellationToken);
                foreach (var one in rows)
                {
                    if (Format.Read(one) is var decision && filter.Matches(decision))
                    {
                        yield return new LoggedDecision(TableKeys.IdOfFraudDecision(one.Key), decision);
                    }
                }

                row = rows.Count > 0 ? rows[^1].RowKey : row;
            }
            while (rows.Count == PageSize);
        }
    }

    public Task PurgeAsync(DateOnly day, CancellationToken cancellationToken) =>
        table.PurgeAsync(TableKeys.FraudDecisionPartition(day), cancellationToken);

    protected override async Task<bool> WriteNotedAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var (subject, open) in _open)
            {
                await WriteAsync(subject, open, cancellationToken);
            }

            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Log.NotWritten(logger);
            return false;
        }
    }

    private async Task WriteAsync(Subject subject, Open open, CancellationToken cancellationToken)
    {
        FraudDecision? decision;
        TableKey key;
        string? etag;
        lock (open)
        {
            (decision, key, etag) = (open.Unwritten, open.Key, open.ETag);
        }

        if (decision is null)
        {
            if (open.Decision is { } done && (done.At + Hour <= Time.GetUtcNow() || _open.Count > MostOpen))
            {
                _open.TryRemove(new(subject, open));
            }

            return;
        }

        // Nobody else writes the row: where the version is not the one that is known, a write came through whose answer was lost.
        var row = Format.ToRow(key, decision, etag);
        etag = etag is null ? await table.InsertAsync(row, cancellationToken) : await table.ReplaceAsync(row, cancellationToken);
        etag ??= (await table.ReadAsync(key, cancellationToken))?.ETag;
        lock (open)
        {
            open.Written(key, decision, etag);
        }
    }

    private readonly record struct Subject(string Account, FraudRule Rule, FraudScope Scope, FraudMode Mode, string Value);

    private sealed class Open
    {
        private FraudDecision? _written;

        public FraudDecision? Decision { get; private set; }

        public TableKey Key { get; private set; }

        public string? ETag { get; private set; }

        public FraudDecision? Unwritten => ReferenceEquals(Decision, _written) ? null : Decision;

        public void Begin(FraudDecision decision)
        {
            (Decision, _written, ETag) = (decision, null, null);
            Key = TableKeys.FraudDecision(decision.At, RandomNumberGenerator.GetHexString(8, lowercase: true));
        }

        public void Count(DateTimeOffset now) => Decision = Decision! with { Requests = Decision.Requests + 1, LastAt = now };

        public void Written(TableKey key, FraudDecision decision, string? etag)
        {
            if (key == Key)
            {
                (_written, ETag) = (decision, etag);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Decisions of the fraud guard were not written; they are kept for the next time")]
        public static partial void NotWritten(ILogger logger);
    }
}
