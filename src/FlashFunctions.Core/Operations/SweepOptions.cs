using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Operations;

/// <summary>The timer, section <c>Sweep</c>.</summary>
public sealed class SweepOptions
{
    public const string Section = "Sweep";

    /// <summary>How many shards are swept and purged at a time: 1 to 64, default 16.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 16;
}
