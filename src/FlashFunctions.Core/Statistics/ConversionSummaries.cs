using System.Text.Json.Serialization;
using FlashFunctions.Core.Storage;

namespace FlashFunctions.Core.Statistics;

/// <summary>How a country's verifications went in the last seven days.</summary>
/// <param name="Country">Two letters, or 001.</param>
/// <param name="Verifiable">Attempts of verifications.</param>
/// <param name="Verified">Those that were verified.</param>
/// <param name="P95Seconds">From the start of an attempt to its right code, 95 of 100 took no longer; null where none was verified.</param>
public sealed record CountryConversion(string Country, long Verifiable, long Verified, double? P95Seconds);

/// <summary>How routes convert.</summary>
/// <param name="At">When it was worked out; the start of time where it never was.</param>
/// <param name="Countries">By country, the last seven days; at most ten minutes old when it was written.</param>
/// <param name="Failing">The routes that fail silently, the surest first.</param>
public sealed record ConversionSummary(DateTimeOffset At, IReadOnlyList<CountryConversion> Countries, IReadOnlyList<FailingRoute> Failing)
{
    public static ConversionSummary None { get; } = new(DateTimeOffset.UnixEpoch, [], []);
}

/// <summary>The summary of how routes convert, one row, which the timer writes.</summary>
public sealed class ConversionSummaries([FromKeyedServices(TableNames.Routes)] ITable table)
{
    private static readonly RowFormat<ConversionSummary> Format = RowFormat.Json(ConversionSummaryJson.Default.ConversionSummary);

    public async Task<ConversionSummary> ReadAsync(CancellationToken cancellationToken) =>
        (await table.ReadAsync(Format, TableKeys.ConversionSummary, cancellationToken))?.Value ?? ConversionSummary.None;

    public Task WriteAsync(ConversionSummary summary, CancellationToken cancellationToken) => table.UpdateAsync(
        Format, TableKeys.ConversionSummary, stored => (stored is null || stored.At < summary.At ? summary : stored, 0), cancellationToken);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ConversionSummary))]
internal sealed partial class ConversionSummaryJson : JsonSerializerContext;
