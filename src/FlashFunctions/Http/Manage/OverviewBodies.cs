using System.Text.Json.Serialization;
using FlashFunctions.Core.Accounts;
using FlashFunctions.Core.Operations;
using FlashFunctions.Core.Primitives;
using Microsoft.AspNetCore.Http;

namespace FlashFunctions.Http.Manage;

/// <summary>Answer of /manage/overview. Times are unix milliseconds.</summary>
public sealed record OverviewBody
{
    public required long At { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Currency { get; init; }

    public required FunnelBody Funnel { get; init; }

    public required IReadOnlyList<AccountSpendBody> Spend { get; init; }

    public required string Storage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long? SweepLagSeconds { get; init; }

    /// <summary>By queue; null while the store does not answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, long>? QueueAgeSeconds { get; init; }

    public required BlockCountsBody ActiveBlocks { get; init; }

    public required IReadOnlyDictionary<string, IReadOnlyList<string>> OpenCircuits { get; init; }

    public required IReadOnlyList<FailingReceiverBody> FailingReceivers { get; init; }

    public required IReadOnlyList<FailingBody> DeadLetters { get; init; }

    public required IReadOnlyDictionary<string, ProviderReportsBody> Webhooks { get; init; }
}

/// <summary>The same counts of three times.</summary>
public sealed record FunnelBody(FunnelWindowBody Now, FunnelWindowBody LastWeek, FunnelWindowBody Day);

/// <summary>The counts of a time; what cannot be said of too few is null.</summary>
public sealed record FunnelWindowBody(
    long From,
    long To,
    long Asked,
    long Placed,
    long Rang,
    long Verified,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? Conversion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P50,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] double? P95,
    decimal Cost,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] decimal? CostPerVerified);

/// <summary>What an account has spent today, and its cap.</summary>
public sealed record AccountSpendBody(string Account, MoneyBody Spent, MoneyBody Cap);

/// <summary>How many blocks refuse now, by rule, and how many would if their rules were enforced.</summary>
public sealed record BlockCountsBody(int Count, IReadOnlyDictionary<string, int> ByRule, int Observed);

/// <summary>Jobs of an account that were given up within a day.</summary>
public sealed record FailingBody(string Account, string Kind, int Count);

/// <summary>Whether a provider's reports come.</summary>
public sealed record ProviderReportsBody([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? LastReport, long PlacedSince);

/// <summary>The overview as operators see it.</summary>
internal static class OverviewBodies
{
    private const int MoneyDecimals = 6;
    private const int ShareDecimals = 4;

    public static IResult Answer(Overview overview) =>
        new JsonAnswer<OverviewBody>(StatusCodes.Status200OK, Of(overview), OverviewJson.Default.OverviewBody);

    /// <summary>By queue, how long its jobs have been waiting, in whole seconds.</summary>
    public static IReadOnlyDictionary<string, long>? Seconds(IReadOnlyDictionary<string, TimeSpan>? ages) =>
        ages?.ToDictionary(pair => pair.Key, pair => (long)pair.Value.TotalSeconds, StringComparer.Ordinal);

    private static OverviewBody Of(Overview overview) => new()
    {
        At = overview.At.ToUnixTimeMilliseconds(),
        Currency = overview.Currency,
        Funnel = new FunnelBody(Of(overview.Now), Of(overview.LastWeek), Of(overview.Day)),
        Spend =
        [
            .. overview.Spend.Select(spend => new AccountSpendBody(
                spend.Account,
                new MoneyBody(Money.FromUnits(spend.Units), spend.Cap.Currency),
                new MoneyBody(spend.Cap.Amount, spend.Cap.Currency))),
        ],
        Storage = overview.Health.StorageAnswers ? "ok" : "unavailable",
        SweepLagSeconds = (long?)overview.Health.SweepLag?.TotalSeconds,
        QueueAgeSeconds = Seconds(overview.QueueAges),
        ActiveBlocks = new BlockCountsBody(
            overview.Blocks.ByRule.Values.Sum(),
            overview.Blocks.ByRule.ToDictionary(pair => FraudFinding.NameOf(pair.Key), pair => pair.Value, StringComparer.Ordinal),
            overview.Blocks.Observed),
        OpenCircuits = overview.Health.Providers.Where(pair => pair.Value.Count > 0).ToDictionary(StringComparer.Ordinal),
        FailingReceivers = [.. overview.FailingReceivers.Select(ManageResults.Body)],
        DeadLetters = [.. overview.DeadLetters.Select(dead => new FailingBody(dead.Account, dead.Kind, dead.Count))],
        Webhooks = overview.Reports.ToDictionary(
            pair => pair.Key,
            pair => new ProviderReportsBody(pair.Value.LastReport?.ToUnixTimeMilliseconds(), pair.Value.PlacedSince),
            StringComparer.Ordinal),
    };

    private static FunnelWindowBody Of(OverviewWindow window)
    {
        var counts = window.Counts;
        var cost = Money.FromUnits(counts.Price);
        return new FunnelWindowBody(
            window.From.ToUnixTimeMilliseconds(),
            window.To.ToUnixTimeMilliseconds(),
            counts.Placed + counts.NotSent,
            counts.Placed,
            window.Reached,
            counts.Verified,
            counts.Verifiable > 0 ? Math.Round((double)counts.Verified / counts.Verifiable, ShareDecimals) : null,
            counts.Seconds.Quantile(0.5)?.TotalSeconds,
            counts.Seconds.Quantile(0.95)?.TotalSeconds,
            cost,
            counts.Verified > 0 ? Math.Round(cost / counts.Verified, MoneyDecimals) : null);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OverviewBody))]
internal sealed partial class OverviewJson : JsonSerializerContext;
