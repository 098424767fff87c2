using System.Buffers;
using System.Globalization;

namespace FlashFunctions.Core.Storage;

/// <summary>Builds every key. Nothing else does.</summary>
public static class TableKeys
{
    /// <inheritdoc cref="RequestId.Shards"/>
    public const int Shards = RequestId.Shards;

    /// <summary>The last minute that a partition can be of.</summary>
    public const long LastMinute = 999_999_999;

    /// <summary>For tables with one row a partition.</summary>
    private const string Single = "-";

    /// <summary>The length of a day that is a partition, yyyyMMdd.</summary>
    private const int DayLength = 8;

    private const int LongestId = 64;

    /// <summary>The length of an hour that is a partition, yyyyMMddHH.</summary>
    private const int HourLength = 10;

    /// <summary>Comes after the dash and id of every row of a time.</summary>
    private const string AfterAll = "-~";

    private static readonly SearchValues<char> IndexKeyCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_~");

    private const string FraudDecisions = "decisions-";

    /// <summary>Stands between an account and a host, since neither can hold it.</summary>
    private const char BeforeHost = '|';

    /// <summary>The last millisecond of the year 9999.</summary>
    private const long MostMilliseconds = 253_402_300_799_999;

    /// <summary>
    /// Requests: the shard and the due minute, both out of the id. The shard comes first, so that new requests are spread over the store's
    /// servers, and the minutes of a shard are one range.
    /// </summary>
    public static TableKey Request(RequestId id) => new(RequestPartition(id.Shard, Minute(id.DueAt)), id.Text);

    /// <summary>The requests of a shard that are due within a minute.</summary>
    public static string RequestPartition(int shard, long minute) => $"{shard:x2}-{minute:D9}";

    /// <summary>The minute of one of those partitions: what follows the shard's two digits and the dash.</summary>
    public static long RequestMinute(string partition) => long.Parse(partition.AsSpan(3));

    /// <summary>Minutes since 1970, rounded down.</summary>
    public static long Minute(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    public static DateTimeOffset StartOf(long minute) => DateTimeOffset.FromUnixTimeSeconds(minute * 60);

    /// <summary>When the hour (UTC) of a time began.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset time) => StartOf(Minute(time) / 60 * 60);

    /// <summary>Guard: the keyed hash of account and number.</summary>
    public static TableKey Guard(string hash) => new(hash, Single);

    /// <summary>Guard: rows that nothing leads to any more, by the time at which they may go.</summary>
    public const string ForgottenGuards = "forgotten";

    /// <summary>One of them, by the hash of its row.</summary>
    public static TableKey ForgottenGuard(DateTimeOffset at, string hash) =>
        new(ForgottenGuards, $"{at.ToUnixTimeMilliseconds():D15}-{hash}");

    /// <summary>The time and the hash of one of them.</summary>
    public static (DateTimeOffset At, string Hash) ForgottenGuard(string row) =>
        (DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(row.AsSpan(0, 15))), row[16..]);

    /// <summary>References: the provider and a keyed hash of its reference, which may hold any character, in the hash's bucket.</summary>
    public static TableKey Reference(string provider, string hash) => new(Buckets.Of(hash), $"{provider}-{hash}");

    /// <summary>Idempotency: the keyed hash of account and key, in its bucket.</summary>
    public static TableKey Idempotency(string hash) => new(Buckets.Of(hash), hash);

    /// <summary>Accounts share a partition, so that they can be listed; there are few and they are cached.</summary>
    public static TableKey Account(string id) => new(AccountPartition, id);

    /// <summary>Where the accounts are listed.</summary>
    public static string AccountPartition => "account";

    /// <summary>Accounts: the keyed hash of a number that an account owns.</summary>
    public static TableKey OwnedNumber(string hash) => new($"number-{hash}", Single);

    /// <summary>Spend: what an account spent in a currency on a day, counted in several rows.</summary>
    public static TableKey Spend(DateOnly day, string currency, string account, int shard) =>
        new(SpendPartition(day, currency, account), $"{shard}");

    /// <summary>The rows of one account's day.</summary>
    public static string SpendPartition(DateOnly day, string currency, string account) => $"{Text(day)}-{currency}-{account}";

    /// <summary>Dead letters: the day, then the latest first.</summary>
    public static TableKey DeadLetter(DateTimeOffset at, string random) =>
        new(DeadLetterPartition(DateOnly.FromDateTime(at.UtcDateTime)), LatestFirst(at, random));

    /// <summary>The key of a dead letter by its id; null where it cannot be one.</summary>
    public static TableKey? DeadLetter(string id) =>
        id.Length <= LongestId && id.All(character => char.IsAsciiLetterOrDigit(character) || character == '-') ? OfDay(id) : null;

    public static string DeadLetterPartition(DateOnly day) => Text(day);

    /// <summary>Dead letters: where the receivers are that fail now.</summary>
    public const string FailingReceivers = "receivers";

    /// <summary>Dead letters: a receiver that fails: the account, then the host.</summary>
    public static TableKey FailingReceiver(string account, string host) => new(FailingReceivers, $"{FailingReceiversOf(account)}{host}");

    /// <summary>What the rows of an account's failing receivers begin with. No row is it.</summary>
    public static string FailingReceiversOf(string account) => $"{account}{BeforeHost}";

    /// <summary>Whether a text can be the key of one of those rows.</summary>
    public static bool IsFailingReceiver(string text) =>
        text.Contains(BeforeHost, StringComparison.Ordinal) && text.Length <= 512
        && text.All(character => character is > ' ' and < '\x7f' and not ('/' or '\\' or '#' or '?'));

    /// <summary>Inbound messages: the day they came, and the keyed hash of the provider's id.</summary>
    public static TableKey InboundMessage(DateOnly day, string hash) => new(InboundPartition(day), hash);

    /// <summary>The key of an inbound message by its id; null where it cannot be one.</summary>
    public static TableKey? InboundMessage(string id) => OfDay(id);

    /// <summary>The id of a dead letter or an inbound message: both keys as one text.</summary>
    public static string IdOf(TableKey key) => $"{key.Partition}-{key.Row}";

    /// <summary>The inbound messages of a day (UTC). One partition takes far more than phones send.</summary>
    public static string InboundPartition(DateOnly day) => Text(day);

    /// <summary>Index: what concerns a number, in every account, by a keyed hash of it.</summary>
    public static string IndexOfNumber(string hash) => $"number-{hash}";

    /// <summary>Index: the requests that an account made in an hour (UTC).</summary>
    public static string IndexOfAccount(string account, DateTimeOffset hour) => $"account-{account}-{hour.UtcDateTime:yyyyMMddHH}";

    /// <summary>Index: the requests of an account that have a reference, by a keyed hash of it.</summary>
    public static string IndexOfReference(string account, string hash) => $"reference-{account}-{hash}";

    /// <summary>A row of one of those partitions: the newest first, and each only once however often it is written.</summary>
    public static TableKey Index(string partition, DateTimeOffset at, string id) => new(partition, LatestFirst(at, id));

    /// <summary>Index: the key before the rows of what was made at that time or earlier.</summary>
    public static string IndexUpTo(DateTimeOffset at) => $"{MostMilliseconds - at.ToUnixTimeMilliseconds():D15}";

    /// <summary>Index: the key after the rows of what was made at that time or later. No row has it.</summary>
    public static string IndexBefore(DateTimeOffset at) => $"{IndexUpTo(at)}{AfterAll}";

    /// <summary>Whether a key is one of those.</summary>
    public static bool IsIndexBefore(string key) => key.EndsWith(AfterAll, StringComparison.Ordinal);

    /// <summary>Whether a text can be a key of the index's rows, or one between them.</summary>
    public static bool IsIndexKey(string text) =>
        text.Length is > 16 and <= 64
        && text[15] == '-'
        && text.AsSpan(0, 15).IndexOfAnyExceptInRange('0', '9') < 0
        && long.Parse(text.AsSpan(0, 15)) <= MostMilliseconds
        && text.AsSpan(16).IndexOfAnyExcept(IndexKeyCharacters) < 0;

    /// <summary>When what a row of the index leads to was made.</summary>
    public static DateTimeOffset IndexedAt(string row) =>
        DateTimeOffset.FromUnixTimeMilliseconds(MostMilliseconds - long.Parse(row.AsSpan(0, 15)));

    public static TableKey Token(string keyId) => new(keyId, Single);

    /// <summary>Statistics: a due minute of an hour (yyyyMMddHH-mm), and the shard.</summary>
    public static TableKey Statistics(long minute, int shard) => new(StatisticsPartition(minute), $"{shard:x2}");

    /// <summary>Statistics: the hour of such a partition (yyyyMMddHH), which comes before those of its minutes.</summary>
    public static string StatisticsHour(string partition) => partition[..Math.Min(partition.Length, HourLength)];

    public static TableKey StatisticsOfHour(string hour) => new(hour, Single);

    /// <summary>Whether a partition has the statistics of a whole hour.</summary>
    public static bool IsStatisticsHour(string partition) => partition.Length == HourLength;

    /// <summary>When the hour or the minute of a partition began; null for rows of an earlier version, which had a day.</summary>
    public static DateTimeOffset? StatisticsStart(string partition) => DateTimeOffset.TryParseExact(
        partition, ["yyyyMMddHH", "yyyyMMddHH-mm"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
        out var start) ? start : null;

    /// <summary>The statistics from one minute to another, both included, and of the first one's whole hour where there are such.</summary>
    public static PartitionRange StatisticsRange(long firstMinute, long lastMinute)
    {
        var first = StatisticsPartition(firstMinute);
        return new PartitionRange(firstMinute % 60 == 0 ? StatisticsHour(first) : first, StatisticsPartition(lastMinute));
    }

    /// <summary>The statistics before a minute that begins an hour.</summary>
    public static PartitionRange StatisticsBefore(long minute) => new("0", StatisticsPartition(minute - 1));

    private static string StatisticsPartition(long minute) => $"{StartOf(minute):yyyyMMddHH-mm}";

    public const string RoutePartition = "routes";

    /// <summary>Routes: what those of a method to a country have shown.</summary>
    public static TableKey Routes(string method, string country) => new(RoutePartition, $"{method}-{country}");

    /// <summary>Routes: the summary of how they convert.</summary>
    public static TableKey ConversionSummary => new("summary", Single);

    /// <summary>Fraud: where the entries of the operators' lists are.</summary>
    public const string FraudLists = "lists";

    /// <summary>Fraud: an entry of a list by its id.</summary>
    public static TableKey FraudList(string id) => new(FraudLists, id);

    /// <summary>Test numbers: where those that operators added are.</summary>
    public const string TestNumbers = "numbers";

    /// <summary>Test numbers: one of them, in E.164 syntax.</summary>
    public static TableKey TestNumber(string number) => new(TestNumbers, number);

    /// <summary>Fraud: where the blocks are.</summary>
    public const string FraudBlocks = "blocks";

    /// <summary>Fraud: a block by its id.</summary>
    public static TableKey FraudBlock(string id) => new(FraudBlocks, id);

    /// <summary>Fraud: what the partitions begin with in which countries are counted.</summary>
    public const string FraudCountsOfCountries = "counts-country-";

    /// <summary>Fraud: the partition of what is counted in a scope of an account.</summary>
    public static string FraudCounts(string scope, string account, string value) => $"counts-{scope}-{account}-{value}";

    /// <summary>One of its rows.</summary>
    public static TableKey FraudCounts(string partition, int shard) => new(partition, $"{shard}");

    /// <summary>Fraud: when a row of counts is looked at for whether it may go.</summary>
    public static TableKey FraudPurge(DateTimeOffset at, TableKey counts) =>
        new(FraudPurgePartition(at), $"{counts.Partition}~{counts.Row}");

    /// <summary>Those whose time has come.</summary>
    public static PartitionRange FraudPurgesUpTo(DateTimeOffset now) => new("purge-", FraudPurgePartition(now));

    /// <summary>The row that one of them is about.</summary>
    public static TableKey FraudCountsOfPurge(string row) => row.LastIndexOf('~') is var cut ? new(row[..cut], row[(cut + 1)..]) : default;

    /// <summary>Fraud: a decision: its day (UTC), then the latest first.</summary>
    public static TableKey FraudDecision(DateTimeOffset at, string random) =>
        new(FraudDecisionPartition(DateOnly.FromDateTime(at.UtcDateTime)), LatestFirst(at, random));

    public static string FraudDecisionPartition(DateOnly day) => $"{FraudDecisions}{Text(day)}";

    public static string IdOfFraudDecision(TableKey key) => IdOf(key)[FraudDecisions.Length..];

    /// <summary>The key of a decision by its id; null where it cannot be one.</summary>
    public static TableKey? FraudDecision(string id) =>
        DeadLetter(id) is { } key ? new TableKey($"{FraudDecisions}{key.Partition}", key.Row) : null;

    public static TableKey Watermark(string name) => new("watermark", name);

    private static string LatestFirst(DateTimeOffset at, string id) => $"{IndexUpTo(at)}-{id}";

    private static string FraudPurgePartition(DateTimeOffset hour) => $"purge-{hour.UtcDateTime:yyyyMMddHH}";

    private static TableKey? OfDay(string id) =>
        id.Length > DayLength + 1 && id[DayLength] == '-' ? new TableKey(id[..DayLength], id[(DayLength + 1)..]) : null;

    private static string Text(DateOnly day) => $"{day:yyyyMMdd}";
}
