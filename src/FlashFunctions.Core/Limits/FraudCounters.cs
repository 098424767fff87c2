using System.Collections.Concurrent;
using System.Security.Cryptography;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>
/// Counts verifications for the fraud guard, within an account: what was sent, verified and checked, by prefix, country, IP address, device
/// and account. Each instance sums in memory and writes once a second, into one of eight rows of a scope; it reads a scope's rows at most
/// every five seconds, and sees what it counted itself at once. So a rule sees what other instances counted up to six seconds late, and a
/// crash loses up to a second of one instance's counts. Test numbers are not counted.
/// </summary>
public sealed partial class FraudCounters(
    [FromKeyedServices(TableNames.Fraud)] ITable table, ServiceKey serviceKey, TimeProvider time, ILogger<FraudCounters> logger)
    : WriteBehind(time)
{
    private const int Shards = 8;
    private const int MostScopes = 20_000;
    private const int AtOnce = 16;
    private const int PurgedAtOnce = 500;

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>By then no window reaches what was counted in a row, but for a country's.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromHours(26);

    private static readonly RowFormat<FraudCounts> Format = RowFormat.Json(GuardJson.Default.FraudCounts);

    private readonly ConcurrentDictionary<FraudScopeKey, Scope> _scopes = new();
    private readonly ConcurrentDictionary<FraudScopeKey, bool> _dirty = new();
    private readonly int _shard = RandomNumberGenerator.GetInt32(Shards);

    /// <summary>What was counted in scopes. A round trip for each that this instance has not read for five seconds, side by side.</summary>
    public async Task<IReadOnlyDictionary<FraudScopeKey, FraudCounts>> ReadAsync(
        IEnumerable<FraudScopeKey> keys, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var scopes = keys.Distinct().Select(key => _scopes.GetOrAdd(key, static key => new Scope(key))).ToArray();
        await Task.WhenAll(scopes.Select(scope => scope.ReadAsync(table, _shard, now)).Where(read => !read.IsCompletedSuccessfully))
            .WaitAsync(cancellationToken);
        ForgetIdle(now);
        return scopes.ToDictionary(scope => scope.Key, scope => scope.View(now));
    }

    /// <summary>Counts what a saved change of a request comes to: attempts that were placed, a right code, wrong codes.</summary>
    public void Note(RequestRecord before, RequestRecord after)
    {
        if (FraudEvents.Of(before, after, Time.GetUtcNow()) is not { } events)
        {
            return;
        }

        foreach (var (key, counts) in events.By(new FraudSubject(serviceKey, after)))
        {
            _scopes.GetOrAdd(key, static key => new Scope(key)).Add(counts, Time.GetUtcNow());
            _dirty[key] = true;
        }

        Arm();
    }

    /// <summary>Deletes the marks of a request's number.</summary>
    public async Task ForgetAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        var subject = new FraudSubject(serviceKey, request);
        var mark = subject.Mark();
        foreach (var key in subject.Prefixes.Take(1).Concat(subject.Device is { } device ? [device] : []))
        {
            await foreach (var row in table.ReadAllAsync(key.Partition, cancellationToken))
            {
                await table.UpdateAsync(
                    Format,
                    row.Key,
                    counts => counts.Marks.Any(known => known.Value == mark)
                        ? counts with { Marks = [.. counts.Marks.Where(known => known.Value != mark)] }
                        : counts,
                    cancellationToken);
            }

            if (_scopes.TryGetValue(key, out var scope))
            {
                scope.Forget(mark!);
            }
        }
    }

    /// <summary>Deletes rows that no window reaches any more; what is still counted in is looked at again a day later.</summary>
    public async Task PurgeAsync(CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow();
        var page = await table.QueryAsync(TableKeys.FraudPurgesUpTo(now), null, PurgedAtOnce, cancellationToken);
        foreach (var due in page.Rows)
        {
            var key = TableKeys.FraudCountsOfPurge(due.RowKey);
            if (await table.ReadAsync(key, cancellationToken) is { } row)
            {
                var scope = key.Partition.StartsWith(TableKeys.FraudCountsOfCountries, StringComparison.Ordinal)
                    ? FraudScope.Country
                    : FraudScope.Account;
                var left = Format.Read(row).Trim(scope, now);
                if (left.Slots.Count > 0 || left.Marks.Count > 0)
                {
                    await table.InsertAsync(Row.Of(TableKeys.FraudPurge(now + Life, key)), cancellationToken);
                }
                else
                {
                    await table.DeleteAsync(key, row.ETag, cancellationToken);
                }
            }

            await table.DeleteAsync(due.Key, null, cancellationToken);
        }
    }

    protected override async Task<bool> WriteNotedAsync(CancellationToken cancellationToken)
    {
        var failed = 0;
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(_dirty.Keys.ToArray(), options, async (key, token) =>
        {
            _dirty.TryRemove(key, out _);
            if (_scopes.TryGetValue(key, out var scope) && !await TryWriteAsync(scope, token))
            {
                _dirty[key] = true;
                Interlocked.Increment(ref failed);
            }
        });
        if (failed > 0)
        {
            Log.NotWritten(logger, failed);
        }

        return _dirty.IsEmpty;
    }

    private async Task<bool> TryWriteAsync(Scope scope, CancellationToken cancellationToken)
    {
        var (pending, known) = scope.BeginWrite(Time.GetUtcNow());
        try
        {
            var key = TableKeys.FraudCounts(scope.Key.Partition, _shard);
            if (known.ETag is null)
            {
                await table.InsertAsync(Row.Of(TableKeys.FraudPurge(Time.GetUtcNow() + Life, key)), cancellationToken);
            }

            var (now, _) = await table.UpdateAsync(
                Format,
                [key],
                known,
                current => ((current ?? FraudCounts.None).Plus(pending, scope.Key.Scope, Time.GetUtcNow()), 0),
                cancellationToken);
            scope.EndWrite(now);
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            scope.FailWrite(Time.GetUtcNow());
            return false;
        }
    }

    /// <summary>Of more scopes than an instance remembers, those go that have not been used for longest.</summary>
    private void ForgetIdle(DateTimeOffset now)
    {
        if (_scopes.Count > MostScopes)
        {
            foreach (var idle
                in _scopes
                    .Where(pair => pair.Value.IsIdle(now) && !_dirty.ContainsKey(pair.Key))
                    .OrderBy(pair => pair.Value.UsedAt)
                    .Take(MostScopes / 4))
            {
                _scopes.TryRemove(idle);
            }
        }
    }

    /// <summary>A scope as this instance knows it: what is stored, and what is counted here and not stored yet.</summary>
    private sealed class Scope(FraudScopeKey key)
    {
        private const int MostParts = 256;

        private readonly Lock _gate = new();

        // Summed when they are looked at or written: a scope is counted in more often than that.
        private readonly List<FraudCounts> _pending = [];
        private FraudCounts _others = FraudCounts.None;
        private Current<FraudCounts> _own;
        private FraudCounts _written = FraudCounts.None;
        private FraudCounts? _view;
        private int _viewed;
        private DateTimeOffset? _readAt;
        private Task? _reading;
        private int _writes;

        public FraudScopeKey Key => key;

        public DateTimeOffset UsedAt { get; private set; }

        public bool IsIdle(DateTimeOffset now) => now - UsedAt > Fresh;

        public Task ReadAsync(ITable table, int shard, DateTimeOffset now)
        {
            lock (_gate)
            {
                UsedAt = now;
                if (_reading is { IsCompleted: false })
                {
                    return _reading;
                }

                return _readAt is { } at && now - at < Fresh && now >= at
                    ? Task.CompletedTask
                    : _reading = ReadRowsAsync(table, shard, now);
            }
        }

        public FraudCounts View(DateTimeOffset now)
        {
            lock (_gate)
            {
                if (_view is null || _viewed < _pending.Count)
                {
                    FraudCounts[] known = _view is null ? [_others, _own.Value ?? FraudCounts.None, _written] : [_view];
                    _view = FraudCounts.Of([.. known, .. _pending.Skip(_view is null ? 0 : _viewed)], key.Scope, now);
                    _viewed = _pending.Count;
                }

                return _view;
            }
        }

        public void Add(FraudCounts counts, DateTimeOffset now)
        {
            lock (_gate)
            {
                _pending.Add(counts);
                UsedAt = now;
                if (_pending.Count > MostParts)
                {
                    SetPending(FraudCounts.Of(_pending, key.Scope, now));
                }
            }
        }

        public (FraudCounts Pending, Current<FraudCounts> Known) BeginWrite(DateTimeOffset now)
        {
            lock (_gate)
            {
                _written = FraudCounts.Of(_pending, key.Scope, now);
                SetPending();
                return (_written, _own);
            }
        }

        public void EndWrite(Current<FraudCounts> now)
        {
            lock (_gate)
            {
                (_own, _written, _view) = (now, FraudCounts.None, null);
                _writes++;
            }
        }

        public void FailWrite(DateTimeOffset now)
        {
            lock (_gate)
            {
                // What was written though its answer was lost is counted twice then: a second's counts of one scope.
                SetPending(FraudCounts.Of([_written, .. _pending], key.Scope, now));
                (_written, _own) = (FraudCounts.None, default);
                _writes++;
            }
        }

        public void Forget(string mark)
        {
            lock (_gate)
            {
                FraudCounts[] without =
                    [.. _pending.Select(part => part with { Marks = [.. part.Marks.Where(known => known.Value != mark)] })];
                SetPending(without);
                _readAt = null;
            }
        }

        private void SetPending(params ReadOnlySpan<FraudCounts> parts)
        {
            _pending.Clear();
            _pending.AddRange(parts);
            _view = null;
        }

        private async Task ReadRowsAsync(ITable table, int shard, DateTimeOffset now)
        {
            var writes = _writes;
            var own = TableKeys.FraudCounts(key.Partition, shard);
            var rows = (await table.QueryAfterAsync(key.Partition, null, Shards, CancellationToken.None)).ToLookup(row => row.Key == own);
            lock (_gate)
            {
                _others = rows[false].Aggregate(FraudCounts.None, (sum, row) => sum.Plus(Format.Read(row), key.Scope, now));

                // What was written meanwhile is newer than what was read.
                _own = _writes == writes && rows[true].FirstOrDefault() is { } row
                    ? new Current<FraudCounts>(Format.Read(row), row.ETag)
                    : _own;
                (_readAt, _view) = (now, null);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            1, LogLevel.Warning, "Counts of the fraud guard were not written for {Scopes} scopes; they are kept for the next time")]
        public static partial void NotWritten(ILogger logger, int scopes);
    }
}
