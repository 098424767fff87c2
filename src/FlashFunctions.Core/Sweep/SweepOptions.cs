using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Sweep;

/// <summary>The timer.</summary>
public sealed class SweepOptions
{
    public const string Section = "Sweep";

    /// <summary>How many days a request is kept after it was due: 2 to 365, default 30. Statistics stay.</summary>
    [Range(2, 365)]
    public int RetentionDays { get; set; } = 30;

    /// <summary>How many partitions of a minute are swept at a time: 1 to 16, default 4.</summary>
    [Range(1, 16)]
    public int Parallelism { get; set; } = 4;
}
