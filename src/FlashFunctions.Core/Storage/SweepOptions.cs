using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Storage;

/// <summary>How long rows are kept, and how the timer goes through them; section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    public const string Section = "Sweep";

    /// <summary>How many days a request is kept after it was due: 2 to 365, default 30. Statistics are kept longer.</summary>
    [Range(2, 365)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>
    /// How many hours the encrypted text of a message is kept once nothing of it can be sent any more: 1 to 720, default 24. Afterwards
    /// only its length is kept.
    /// </summary>
    [Range(1, 720)]
    public int TextHours { get; set; } = 24;

    /// <summary>How many shards are swept and purged at a time: 1 to 64, default 16.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 16;
}
