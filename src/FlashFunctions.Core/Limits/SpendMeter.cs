using System.Globalization;
using System.Security.Cryptography;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Limits;

/// <summary>What an account has spent on a day, and the rows it was read from.</summary>
public sealed record SpendDay(string Account, DateOnly Day, string Currency, IReadOnlyDictionary<int, Row> Rows)
{
    /// <summary>The sum of its rows, in millionths.</summary>
    public long Units => Rows.Values.Sum(row => row.Number(SpendMeter.Spent) ?? 0);
}

/// <summary>
/// Counts what accounts with a cap spend. An account's day is eight rows of one partition, so that its calls do not wait for
/// each other: all are read, one that is picked at random is written under its ETag, and a lost race reads all of them again.
/// The cap may be overshot, by at most seven prices: whoever read before the price that filled the cap was written can still write to a row
/// that nobody else has written to since, which is once for each of the other seven rows; whoever reads later is refused.
/// </summary>
public sealed class SpendMeter([FromKeyedServices(TableNames.Spend)] ITable table, TimeProvider time)
{
    internal const string Spent = "Units";
    private const int Shards = 8;
    private const int KeptDays = 32;
    private const int MaxTries = 40;

    /// <summary>What an account has spent today. One round trip.</summary>
    public async Task<SpendDay> ReadAsync(string account, string currency, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var rows = new Dictionary<int, Row>();
        string? continuation = null;
        do
        {
            var page = await table.QueryAsync(TableKeys.SpendPartition(today, currency, account), continuation, Shards, cancellationToken);
            foreach (var row in page.Rows)
            {
                rows[int.Parse(row.RowKey, CultureInfo.InvariantCulture)] = row;
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return new SpendDay(account, today, currency, rows);
    }

    /// <summary>Counts a price, if it fits under the cap. One round trip, and two for each lost race.</summary>
    /// <param name="day">The day as it was read; it is read again after a lost race.</param>
    /// <param name="provider">Whose price it is.</param>
    /// <param name="units">The price in millionths.</param>
    /// <param name="cap">The cap in millionths, raised by what will be given back in exchange.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <returns>Null when it does not fit.</returns>
    public async Task<SpendReservation?> TakeAsync(SpendDay day, string provider, long units, long cap, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (day.Units + units > cap)
            {
                return null;
            }

            var hold = new SpendReservation(provider, day.Day, RandomNumberGenerator.GetInt32(Shards), units, day.Currency);
            if (units == 0 || await AddAsync(day, hold, cancellationToken))
            {
                return hold;
            }

            day = await ReadAsync(day.Account, day.Currency, cancellationToken);
        }

        throw new StorageUnavailableException("An account's spend stayed contended.");
    }

    /// <summary>Takes back what was counted and not spent.</summary>
    public async Task GiveBackAsync(string account, SpendReservation hold, CancellationToken cancellationToken)
    {
        var at = TableKeys.Spend(hold.Day, hold.Currency, account, hold.Shard);
        for (var attempt = 0; attempt < MaxTries && hold.Units > 0; attempt++)
        {
            if (await table.ReadAsync(at, cancellationToken) is not { } row
                || await table.ReplaceAsync(With(row, row.Number(Spent)!.Value - hold.Units), cancellationToken) is not null)
            {
                return;
            }
        }

        if (hold.Units > 0)
        {
            throw new StorageUnavailableException("An account's spend stayed contended.");
        }
    }

    private async Task<bool> AddAsync(SpendDay day, SpendReservation hold, CancellationToken cancellationToken)
    {
        if (day.Rows.TryGetValue(hold.Shard, out var row))
        {
            return await table.ReplaceAsync(With(row, row.Number(Spent)!.Value + hold.Units), cancellationToken) is not null;
        }

        var at = TableKeys.Spend(day.Day, day.Currency, day.Account, hold.Shard);
        var added = await table.InsertAsync(With(new Row(at, new Dictionary<string, object?>(StringComparer.Ordinal)), hold.Units), cancellationToken);
        if (added is not null)
        {
            // The first of a new day clears a day that nobody asks for any more.
            var old = TableKeys.Spend(day.Day.AddDays(-KeptDays), day.Currency, day.Account, hold.Shard);
            await table.DeleteAsync(old, null, cancellationToken);
        }

        return added is not null;
    }

    private static Row With(Row row, long units) =>
        row with { Properties = new Dictionary<string, object?>(StringComparer.Ordinal) { [Spent] = units } };
}
