using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Sweep;

/// <summary>The timer.</summary>
public sealed class SweepOptions
{
    public const string Section = "Sweep";

    /// <summary>How many days a request is kept after it was due: 2 to 365, default 30. Statistics stay.</summary>
    [Range(2, 365)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>
    /// How many hours the text of a message is kept, sealed, once nothing can be sent of it any more: 1 to 720, default 24. Then its length stays.
    /// </summary>
    [Range(1, 720)]
    public int TextHours { get; set; } = 24;

    /// <summary>How many shards are swept and purged at a time: 1 to 64, default 16.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 16;
}
