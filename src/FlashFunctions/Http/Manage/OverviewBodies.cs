using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Operations;

namespace FlashFunctions.Http.Manage;

/// <summary>Answer of /healthz: ok or unavailable.</summary>
internal sealed record LivenessBody(string Status);

/// <summary>Answer of /manage/health.</summary>
/// <param name="health">Store, timer and circuits.</param>
/// <param name="queues">How long each queue's jobs have been waiting; null while the store does not answer.</param>
internal readonly struct HealthBody(
    Health health, IReadOnlyDictionary<string, TimeSpan>? queues, IReadOnlyDictionary<string, OverviewReports>? reports)
{
    public string Status => WordOf(health.StorageAnswers);
    public string Storage => WordOf(health.StorageAnswers);
    public long? SweepLagSeconds => (long?)health.SweepLag?.TotalSeconds;
    public IReadOnlyDictionary<string, long>? QueueAgeSeconds => Seconds(queues);

    public IReadOnlyDictionary<string, string> Providers => health.Providers.ToDictionary(
        pair => pair.Key, pair => pair.Value.Count == 0 ? "ok" : "circuit open", StringComparer.Ordinal);

    public IReadOnlyDictionary<string, IReadOnlyList<string>> OpenCircuits => CircuitsOf(health);
    public IReadOnlyDictionary<string, int>? ShortCodes => health.ShortCodes.Count > 0 ? health.ShortCodes : null;
    public IReadOnlyDictionary<string, ProviderReportsBody>? Webhooks => reports is null ? null : ReportsOf(reports);

    public static string WordOf(bool works) => works ? "ok" : "unavailable";

    /// <summary>By provider, the countries that it is not used for.</summary>
    public static Dictionary<string, IReadOnlyList<string>> CircuitsOf(Health health) =>
        health.Providers.Where(pair => pair.Value.Count > 0).ToDictionary(StringComparer.Ordinal);

    /// <summary>By provider, whether its reports come.</summary>
    public static Dictionary<string, ProviderReportsBody> ReportsOf(IReadOnlyDictionary<string, OverviewReports> reports) =>
        reports.ToDictionary(
            pair => pair.Key,
            pair => new ProviderReportsBody(pair.Value.LastReport?.ToUnixTimeMilliseconds(), pair.Value.PlacedSince),
            StringComparer.Ordinal);

    /// <summary>By queue, how long its jobs have been waiting, in whole seconds.</summary>
    public static Dictionary<string, long>? Seconds(IReadOnlyDictionary<string, TimeSpan>? ages) =>
        ages?.ToDictionary(pair => pair.Key, pair => (long)pair.Value.TotalSeconds, StringComparer.Ordinal);
}

/// <summary>Answer of /manage/overview.</summary>
internal readonly struct OverviewBody(Overview overview)
{
    public long At => overview.At.ToUnixTimeMilliseconds();

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Currency => overview.Currency;

    public FunnelBody Funnel => new(new(overview.Now), new(overview.LastWeek), new(overview.Day));
    public IEnumerable<AccountSpendBody> Spend => overview.Spend.Select(spend => new AccountSpendBody(spend));
    public string Storage => HealthBody.WordOf(overview.Health.StorageAnswers);

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? SweepLagSeconds => (long?)overview.Health.SweepLag?.TotalSeconds;

    /// <summary>By queue; null while the store does not answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, long>? QueueAgeSeconds => HealthBody.Seconds(overview.QueueAges);

    public BlockCountsBody ActiveBlocks => new(overview.Blocks);
    public IReadOnlyDictionary<string, IReadOnlyList<string>> OpenCircuits => HealthBody.CircuitsOf(overview.Health);

    public IEnumerable<FailingReceiverBody> FailingReceivers =>
        overview.FailingReceivers.Select(receiver => new FailingReceiverBody(receiver));

    public IEnumerable<FailingBody> DeadLetters =>
        overview.DeadLetters.Select(dead => new FailingBody(dead.Account, dead.Kind, dead.Count));

    public IReadOnlyDictionary<string, ProviderReportsBody> Webhooks => HealthBody.ReportsOf(overview.Reports);
}

/// <summary>The same counts of three times.</summary>
internal sealed record FunnelBody(FunnelWindowBody Now, FunnelWindowBody LastWeek, FunnelWindowBody Day);

/// <summary>The counts of a time; what cannot be said of too few is null.</summary>
internal readonly struct FunnelWindowBody(OverviewWindow window)
{
    private const int MoneyDecimals = 6;
    private const int ShareDecimals = 4;

    public long From => window.From.ToUnixTimeMilliseconds();
    public long To => window.To.ToUnixTimeMilliseconds();
    public long Asked => window.Counts.Placed + window.Counts.NotSent;
    public long Placed => window.Counts.Placed;
    public long Rang => window.Reached;
    public long Verified => window.Counts.Verified;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? Conversion =>
        window.Counts.Verifiable > 0 ? Math.Round((double)Verified / window.Counts.Verifiable, ShareDecimals) : null;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? P50 => window.Counts.Seconds.Quantile(0.5)?.TotalSeconds;

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public double? P95 => window.Counts.Seconds.Quantile(0.95)?.TotalSeconds;

    public decimal Cost => Money.FromUnits(window.Counts.Price);

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public decimal? CostPerVerified => Verified > 0 ? Math.Round(Cost / Verified, MoneyDecimals) : null;
}

/// <summary>What an account has spent today, and its cap.</summary>
internal readonly struct AccountSpendBody(OverviewSpend spend)
{
    public string Account => spend.Account;
    public MoneyBody Spent => MoneyBody.Of(spend.Units, spend.Cap.Currency);
    public MoneyBody Cap => MoneyBody.Of(spend.Cap)!;
}

/// <summary>How many blocks refuse now, by rule, and how many would if their rules were enforced.</summary>
internal readonly struct BlockCountsBody(OverviewBlocks blocks)
{
    public int Count => blocks.ByRule.Values.Sum();

    public IReadOnlyDictionary<string, int> ByRule =>
        blocks.ByRule.ToDictionary(pair => FraudFinding.NameOf(pair.Key), pair => pair.Value, StringComparer.Ordinal);

    public int Observed => blocks.Observed;
}

/// <summary>Jobs of an account that were given up within a day.</summary>
internal sealed record FailingBody(string Account, string Kind, int Count);

/// <summary>Whether a provider's reports come.</summary>
internal sealed record ProviderReportsBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? LastReport, long PlacedSince);
