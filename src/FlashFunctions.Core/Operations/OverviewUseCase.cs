using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Callbacks;
using FlashFunctions.Core.Limits;
using FlashFunctions.Core.Providers;
using FlashFunctions.Core.Statistics;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Operations;

/// <summary>What became of the attempts whose requests were due in a time. Test numbers do not count.</summary>
/// <param name="To">When it ended, or now.</param>
/// <param name="Reached">Calls that rang, were answered or declined, and messages that were delivered.</param>
public sealed record OverviewWindow(DateTimeOffset From, DateTimeOffset To, RouteCounts Counts, long Reached);

/// <summary>What an account has spent today (UTC) of its daily cap, in millionths.</summary>
public sealed record OverviewSpend(string Account, long Units, SpendCap Cap);

/// <summary>Whether a provider's reports come: the last minute whose attempts it reported on, and how many it was given since.</summary>
/// <param name="LastReport">The start of that minute or hour; null: none within a day.</param>
/// <param name="PlacedSince">Attempts that it took since, and reported nothing of.</param>
public sealed record OverviewReports(DateTimeOffset? LastReport, long PlacedSince)
{
    /// <summary>How far back reports are looked for, before the hour that it is.</summary>
    internal static readonly TimeSpan Within = TimeSpan.FromDays(1);

    /// <summary>What came of a provider, the newest first, until something was reported.</summary>
    internal static OverviewReports Of(string provider, IReadOnlyList<StatisticsSlice> slices)
    {
        var placed = 0L;
        foreach (var slice in slices.Reverse())
        {
            var own = slice.Tally.Counts.Where(pair => pair.Key.Provider == provider).Select(pair => pair.Value).ToArray();
            if (own.Any(counts => counts.Delivered + counts.Undelivered + counts.Rang + counts.Answered + counts.Declined > 0))
            {
                return new OverviewReports(slice.Start, placed);
            }

            placed += own.Sum(counts => counts.Placed);
        }

        return new OverviewReports(null, placed);
    }
}

/// <summary>Whether each provider's reports come, from a day's statistics. The answer is kept for ten seconds.</summary>
public sealed class WebhookSilence(StatisticsStore statistics, IEnumerable<IProvider> providers, TimeProvider time)
{
    private readonly Kept<IReadOnlyDictionary<string, OverviewReports>?> _reports = new(TimeSpan.FromSeconds(10), time);

    /// <summary>By provider; null where the store does not answer.</summary>
    public async Task<IReadOnlyDictionary<string, OverviewReports>?> ReadAsync(CancellationToken cancellationToken) =>
        await _reports.GetAsync(LookAsync, cancellationToken);

    private async Task<IReadOnlyDictionary<string, OverviewReports>?> LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        try
        {
            var from = TableKeys.HourOf(now) - OverviewReports.Within;
            var slices = await statistics.ReadAsync(TableKeys.Minute(from), TableKeys.Minute(now.AddSeconds(-1)), cancellationToken)
                .ToListAsync(cancellationToken);
            return providers.ToDictionary(
                provider => provider.Name, provider => OverviewReports.Of(provider.Name, slices), StringComparer.Ordinal);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }
}

/// <summary>The blocks of the fraud guard that are in force.</summary>
/// <param name="ByRule">How many of each rule refuse.</param>
/// <param name="Observed">How many are of rules that observe: they would refuse if those were enforced.</param>
public sealed record OverviewBlocks(IReadOnlyDictionary<FraudRule, int> ByRule, int Observed);

/// <summary>The service at a glance.</summary>
/// <param name="Now">The hour up to now.</param>
/// <param name="LastWeek">The same hour a week ago, the whole of it.</param>
/// <param name="Day">The last 24 hours and the hour up to now.</param>
/// <param name="Currency">The currency of what attempts cost; null where there are no prices.</param>
/// <param name="Spend">Accounts with a daily cap, the one nearest to its cap first.</param>
/// <param name="Health">Store, timer and circuits.</param>
/// <param name="QueueAges">How long each queue's jobs have been waiting; null where the store did not answer in time.</param>
/// <param name="FailingReceivers">Receivers that do not take callbacks now, those that have failed longest first; at most 20.</param>
/// <param name="DeadLetters">Jobs that were given up within 24 hours, by account and kind.</param>
/// <param name="Reports">By provider, whether its reports come.</param>
public sealed record Overview(
    DateTimeOffset At, OverviewWindow Now, OverviewWindow LastWeek, OverviewWindow Day, string? Currency,
    IReadOnlyList<OverviewSpend> Spend, Health Health, IReadOnlyDictionary<string, TimeSpan>? QueueAges, OverviewBlocks Blocks,
    IReadOnlyList<FailingReceiver> FailingReceivers, IReadOnlyList<(string Account, string Kind, int Count)> DeadLetters,
    IReadOnlyDictionary<string, OverviewReports> Reports);

/// <summary>
/// GET /manage/overview: made from the statistics, which the timer writes, and a few point reads. The answer is kept for ten seconds.
/// </summary>
public sealed class OverviewUseCase(
    StatisticsStore statistics, HealthUseCase health, QueueAges queues, FraudBlocks blocks, AccountStore accounts, SpendMeter meter,
    DeadLetters letters, FailingReceivers receivers, PriceTable prices, TimeProvider time)
{
    private const int MostAccounts = 100;
    private const int AtOnce = 16;
    private const int ReceiversLookedAt = 500;
    private const int ReceiversShown = 20;

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private static readonly HashSet<string> Calls = [.. Enum.GetValues<Channel>().Where(channel => channel.IsCall()).Select(ApiNames.Of)];

    private readonly Kept<Overview> _overview = new(TimeSpan.FromSeconds(10), time);

    public async Task<Overview> RunAsync(CancellationToken cancellationToken) =>
        await _overview.GetAsync(LookAsync, cancellationToken);

    private async Task<Overview> LookAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var hour = TableKeys.HourOf(now);
        var recent = SlicesAsync(hour - Day, now, cancellationToken);
        var before = SlicesAsync(hour - Week, hour - Week + Hour, cancellationToken);
        var spend = SpendAsync(cancellationToken);
        var dead = letters.SinceAsync(now - Day, cancellationToken);
        var failing = receivers.ListAsync(null, null, ReceiversLookedAt, cancellationToken);
        var ages = queues.ReadAsync(cancellationToken);
        var blocked = BlocksAsync(now, cancellationToken);
        var state = await health.RunAsync(cancellationToken);
        var slices = await recent;
        return new Overview(
            now,
            Window(hour, now, slices.Where(slice => slice.Start >= hour)),
            Window(hour - Week, hour - Week + Hour, await before),
            Window(hour - Day, now, slices),
            prices.Currency,
            await spend,
            state,
            await ages,
            await blocked,
            [.. (await failing)!.Items.OrderBy(receiver => receiver.Since).Take(ReceiversShown)],
            [
                .. (await dead).GroupBy(letter => (letter.Account, letter.Kind))
                    .Select(group => (group.Key.Account, group.Key.Kind, Count: group.Count()))
                    .OrderByDescending(group => group.Count).ThenBy(group => group.Account, StringComparer.Ordinal),
            ],
            state.Providers.Keys.ToDictionary(name => name, name => OverviewReports.Of(name, slices), StringComparer.Ordinal));
    }

    private async Task<IReadOnlyList<StatisticsSlice>> SlicesAsync(
        DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        await statistics.ReadAsync(TableKeys.Minute(from), TableKeys.Minute(to.AddSeconds(-1)), cancellationToken)
            .ToListAsync(cancellationToken);

    private static OverviewWindow Window(DateTimeOffset from, DateTimeOffset to, IEnumerable<StatisticsSlice> slices)
    {
        var (sum, reached) = (new RouteCounts(), 0L);
        foreach (var (route, counts) in slices.SelectMany(slice => slice.Tally.Counts))
        {
            sum.Add(counts);
            reached += Calls.Contains(route.Method) ? counts.Rang + counts.Answered + counts.Declined : counts.Delivered;
        }

        return new OverviewWindow(from, to, sum, reached);
    }

    private async Task<OverviewBlocks> BlocksAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = (await blocks.CurrentAsync(cancellationToken)).All.Where(block => block.IsActive(now)).ToArray();
        var enforced = active.Where(block => block.Mode == FraudMode.Enforce).CountBy(block => block.Rule);
        return new OverviewBlocks(enforced.ToDictionary(), active.Count(block => block.Mode == FraudMode.Observe));
    }

    private async Task<IReadOnlyList<OverviewSpend>> SpendAsync(CancellationToken cancellationToken)
    {
        var all = await accounts.ListAsync(cancellationToken);
        var capped = all.Where(account => account.DailyCap is not null).Take(MostAccounts).ToArray();
        var spent = new OverviewSpend[capped.Length];
        await Parallel.ForAsync(
            0, capped.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, token) =>
            {
                var (account, cap) = (capped[number], capped[number].DailyCap!);
                spent[number] = new OverviewSpend(account.Id, (await meter.ReadAsync(account.Id, cap.Currency, token)).Units, cap);
            });
        return [.. spent.OrderByDescending(one => one.Units / Math.Max(1m, Money.ToUnits(one.Cap.Amount)))];
    }
}
