using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Operations;

/// <summary>The statistics, a row per minute, shard, provider, method and country. A row that is there already stays: the shard was swept before.</summary>
public sealed class StatisticsStore([FromKeyedServices(TableNames.Statistics)] ITable table)
{
    /// <summary>Writes the counts of one minute and shard.</summary>
    public async Task WriteAsync(long minute, int shard, Tally tally, CancellationToken cancellationToken)
    {
        foreach (var (about, counts) in tally.Counts)
        {
            var key = TableKeys.Statistics(minute, shard, about.Provider, about.Method, about.Country);
            var row = Row.Of(
                key,
                ("Provider", about.Provider),
                ("Method", about.Method),
                ("Country", about.Country),
                (nameof(counts.Placed), counts.Placed),
                (nameof(counts.Unclear), counts.Unclear),
                (nameof(counts.NotSent), counts.NotSent),
                (nameof(counts.Delivered), counts.Delivered),
                (nameof(counts.Undelivered), counts.Undelivered),
                (nameof(counts.Verified), counts.Verified));
            await table.InsertAsync(row, cancellationToken);
        }
    }
}
