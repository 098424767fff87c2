using FlashFunctions.Core.Storage;

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

    private static readonly RowFormat<Mark> Format = new(mark => [(Minute, mark.Minute)], row => new Mark(row.Number(Minute)!.Value));

    /// <summary>Reads a watermark; <see cref="BeforeAll"/> where there is none.</summary>
    public async Task<Watermark> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var stored = await table.ReadAsync(Format, TableKeys.Watermark(name), cancellationToken);
        return new Watermark(name, stored?.Value.Minute ?? BeforeAll, stored?.ETag);
    }

    /// <summary>How far the timer is behind the clock; null before its first run.</summary>
    public async Task<TimeSpan?> LagAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mark = await ReadAsync(Due, cancellationToken);
        var lag = now - TableKeys.StartOf(mark.Minute + 1);
        return mark.ETag is null ? null : lag > TimeSpan.Zero ? lag : TimeSpan.Zero;
    }

    /// <summary>Moves a watermark. Where another run has moved it in the meantime, it stays where that run put it.</summary>
    public async Task<Watermark> WriteAsync(Watermark mark, long minute, CancellationToken cancellationToken)
    {
        var known = mark.ETag is null ? null : new Mark(mark.Minute);
        var (now, _) = await table.UpdateAsync(
            Format,
            [TableKeys.Watermark(mark.Name)],
            new Current<Mark>(known, mark.ETag),
            current => (current == known ? new Mark(minute) : current, 0),
            cancellationToken);
        return new Watermark(mark.Name, now.Value?.Minute ?? minute, now.ETag);
    }

    private sealed record Mark(long Minute);
}
