using System.Globalization;
using System.Security.Cryptography;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Limits;

/// <summary>What an account has spent on a day, and the rows it was read from.</summary>
public sealed record SpendDay(string Account, DateOnly Day, string Currency, IReadOnlyDictionary<int, Stored<SpendCount>> Rows)
{
    /// <summary>The sum of its rows, in millionths.</summary>
    public long Units => Rows.Values.Sum(row => row.Value.Units);
}

/// <summary>One row of a day: an amount in millionths.</summary>
public sealed record SpendCount(long Units);

/// <summary>
/// Counts what accounts with a cap spend. An account's day is eight rows of one partition, so that its calls do not wait for each other:
/// all are read, one that is picked at random is written under its ETag, and a lost race reads all of them again. The cap may be overshot,
/// by at most seven prices: a call that read before the price that filled the cap was written can still write to a row that no other call
/// has written to since, which is once for each of the other seven rows; a call that reads later is refused.
/// </summary>
public sealed class SpendMeter([FromKeyedServices(TableNames.Spend)] ITable table, TimeProvider time)
{
    private const string Spent = "Units";
    private const int Shards = 8;
    private const int KeptDays = 32;

    private static readonly RowFormat<SpendCount> Format = new(
        count => [(Spent, count.Units)], row => new SpendCount(row.Number(Spent) ?? 0));

    /// <summary>What an account has spent today. One round trip.</summary>
    public async Task<SpendDay> ReadAsync(string account, string currency, CancellationToken cancellationToken)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var rows = table.ReadAllAsync(TableKeys.SpendPartition(today, currency, account), cancellationToken);
        return new SpendDay(account, today, currency, await rows.ToDictionaryAsync(
            row => int.Parse(row.RowKey, CultureInfo.InvariantCulture),
            row => new Stored<SpendCount>(Format.Read(row), row.ETag!),
            cancellationToken: cancellationToken));
    }

    /// <summary>Counts a price, if it fits under the cap. One round trip, and two for each lost race.</summary>
    /// <param name="day">The day as it was read; it is read again after a lost race.</param>
    /// <param name="provider">Whose price it is.</param>
    /// <param name="units">The price in millionths.</param>
    /// <param name="cap">The cap in millionths, raised by what will be given back in exchange.</param>
    /// <returns>Null when it does not fit.</returns>
    public Task<SpendReservation?> TakeAsync(SpendDay day, string provider, long units, long cap, CancellationToken cancellationToken) =>
        TableUpdates.RetryAsync(day, () => ReadAsync(day.Account, day.Currency, cancellationToken), async read =>
        {
            if (read.Units + units > cap)
            {
                return new Try<SpendReservation?>(null);
            }

            var hold = new SpendReservation(provider, read.Day, RandomNumberGenerator.GetInt32(Shards), units, read.Currency);
            return units == 0 || await AddAsync(read, hold, cancellationToken) ? new Try<SpendReservation?>(hold) : null;
        });

    /// <summary>Takes back what was counted and not spent.</summary>
    public Task GiveBackAsync(string account, SpendReservation hold, CancellationToken cancellationToken) => hold.Units == 0
        ? Task.CompletedTask
        : table.UpdateAsync(
            Format,
            TableKeys.Spend(hold.Day, hold.Currency, account, hold.Shard),
            count => new SpendCount(count.Units - hold.Units),
            cancellationToken);

    private async Task<bool> AddAsync(SpendDay day, SpendReservation hold, CancellationToken cancellationToken)
    {
        var at = TableKeys.Spend(day.Day, day.Currency, day.Account, hold.Shard);
        if (day.Rows.TryGetValue(hold.Shard, out var row))
        {
            var after = new SpendCount(row.Value.Units + hold.Units);
            return await table.ReplaceAsync(Format.ToRow(at, after, row.ETag), cancellationToken) is not null;
        }

        var added = await table.InsertAsync(Format.ToRow(at, new SpendCount(hold.Units)), cancellationToken);
        if (added is not null)
        {
            // The first of a new day clears a day that nobody asks for any more.
            var old = TableKeys.Spend(day.Day.AddDays(-KeptDays), day.Currency, day.Account, hold.Shard);
            await table.DeleteAsync(old, null, cancellationToken);
        }

        return added is not null;
    }
}
