using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Statistics;

/// <summary>How a country's verifications went in the last seven days.</summary>
/// <param name="Country">Two letters, or 001.</param>
/// <param name="Verifiable">Attempts of verifications.</param>
/// <param name="Verified">Those that were verified.</param>
/// <param name="P95Seconds">From the start of an attempt to its right code, 95 of 100 took no longer; null where none was verified.</param>
public sealed record CountryConversion(string Country, long Verifiable, long Verified, double? P95Seconds);

/// <summary>What every instance has in memory of how routes convert.</summary>
/// <param name="At">When it was worked out; the start of time where it never was.</param>
/// <param name="Countries">By country, the last seven days; at most ten minutes old when it was written.</param>
/// <param name="Failing">The routes that fail silently, the surest first.</param>
public sealed record ConversionSummary(DateTimeOffset At, IReadOnlyList<CountryConversion> Countries, IReadOnlyList<FailingRoute> Failing)
{
    /// <summary>Nothing is known.</summary>
    public static ConversionSummary None { get; } = new(DateTimeOffset.UnixEpoch, [], []);

    private IReadOnlyDictionary<string, CountryConversion>? _byCountry;
    private HashSet<RouteKey>? _failing;

    /// <summary>How a country's verifications went; null where there were none.</summary>
    public CountryConversion? Of(string country) =>
        (_byCountry ??= Countries.ToDictionary(entry => entry.Country, StringComparer.Ordinal)).GetValueOrDefault(country);

    /// <summary>Whether a route, without the network that a provider would tell, fails silently.</summary>
    public bool IsFailing(RouteKey route) => (_failing ??= [.. Failing.Select(failing => failing.Route)]).Contains(route);
}

/// <summary>
/// The summary of how routes convert, one row. The timer writes it; each instance reads it once a minute at most, and only where it is
/// asked for.
/// </summary>
public sealed class ConversionSummaries
{
    private static readonly RowFormat<ConversionSummary> Format = RowFormat.Json(ConversionSummaryJson.Default.ConversionSummary);

    private readonly ITable _table;
    private readonly MinuteCache<ConversionSummary> _cache;

    public ConversionSummaries([FromKeyedServices(TableNames.Routes)] ITable table, TimeProvider time) =>
        (_table, _cache) = (table, new(token => ReadAsync(table, token), time, ConversionSummary.None));

    /// <summary>What was read last, without waiting for the store.</summary>
    public ConversionSummary Current => _cache.Last!;

    /// <summary>The summary, at most a minute old; that of before where the store does not answer.</summary>
    public ValueTask<ConversionSummary> GetAsync(CancellationToken cancellationToken) => _cache.GetAsync(cancellationToken);

    /// <summary>The summary as it is stored.</summary>
    public async Task<ConversionSummary> ReadAsync(CancellationToken cancellationToken) =>
        _cache.Set(await ReadAsync(_table, cancellationToken));

    /// <summary>Writes a newer one.</summary>
    public async Task WriteAsync(ConversionSummary summary, CancellationToken cancellationToken)
    {
        await _table.UpdateAsync(
            Format, TableKeys.ConversionSummary, stored => (stored is null || stored.At < summary.At ? summary : stored, 0),
            cancellationToken);
        _cache.Set(summary);
    }

    private static async Task<ConversionSummary> ReadAsync(ITable table, CancellationToken cancellationToken) =>
        (await table.ReadAsync(Format, TableKeys.ConversionSummary, cancellationToken))?.Value ?? ConversionSummary.None;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ConversionSummary))]
internal sealed partial class ConversionSummaryJson : JsonSerializerContext;
