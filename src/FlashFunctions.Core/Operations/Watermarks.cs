using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Operations;

/// <summary>The last minute that the timer has finished.</summary>
public sealed record Watermark(string Name, long Minute, string? ETag);

/// <summary>Where the timer keeps how far it has come.</summary>
public sealed class Watermarks([FromKeyedServices(TableNames.Sweep)] ITable table)
{
    /// <summary>The watermark of the minutes whose requests have been ended.</summary>
    public const string Due = "due";

    /// <summary>Before every minute: where nothing has been swept, nothing may be passed by.</summary>
    public const long BeforeAll = -1;

    private const string Minute = "Minute";

    /// <summary>Reads a watermark; where there is none, everything up to <paramref name="start"/> counts as done.</summary>
    public async Task<Watermark> ReadAsync(string name, long start, CancellationToken cancellationToken)
    {
        var key = TableKeys.Watermark(name);
        var row = await table.ReadAsync(key, cancellationToken);
        return row is null ? new Watermark(name, start, null) : new Watermark(name, row.Number(Minute)!.Value, row.ETag);
    }

    /// <summary>How far the timer is behind the clock; null before its first run.</summary>
    public async Task<TimeSpan?> LagAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mark = await ReadAsync(Due, BeforeAll, cancellationToken);
        var lag = now - DateTimeOffset.FromUnixTimeSeconds((mark.Minute + 1) * 60);
        return mark.ETag is null ? null : lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
    }

    /// <summary>Moves a watermark. Where another run has moved it meanwhile, this one goes on from there.</summary>
    public async Task<Watermark> WriteAsync(Watermark mark, long minute, CancellationToken cancellationToken)
    {
        var key = TableKeys.Watermark(mark.Name);
        var row = new Row(key, new Dictionary<string, object?>(StringComparer.Ordinal) { [Minute] = minute }, mark.ETag);
        var etag = mark.ETag is null ? await table.InsertAsync(row, cancellationToken) : await table.ReplaceAsync(row, cancellationToken);
        return etag is null ? await ReadAsync(mark.Name, minute, cancellationToken) : mark with { Minute = minute, ETag = etag };
    }
}
