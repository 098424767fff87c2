using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.LocalHost.Storage;

/// <summary>Where the embedded store keeps its data, and what an acknowledged write survives.</summary>
public sealed class EmbeddedStorageOptions
{
    public const string Section = "Storage";

    /// <summary>The directory of the data file; created when it is missing. One service a directory.</summary>
    [Required]
    public string DataDirectory { get; set; } = ".data";

    /// <summary>What an acknowledged write survives; <see cref="Durability.ProcessEnd"/> by default.</summary>
    public Durability Durability { get; set; } = Durability.ProcessEnd;

    /// <summary>
    /// Memory for the rows that were written last, in megabytes; they are read without asking the file. 0 to 4,096, default 32.
    /// </summary>
    [Range(0, 4096)]
    public int RecentRowsMegabytes { get; set; } = 32;

    /// <summary>
    /// How large the data file may grow, in megabytes; beyond it a write fails as on a full disk. 1 to 1,000,000; 0, the default, is no
    /// limit.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxFileMegabytes { get; set; }

    /// <summary>How long a write waits for a lock that another program holds on the data file. 0 to 60 s, default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>What an acknowledged write survives.</summary>
public enum Durability
{
    /// <summary>The end of the process, however it comes; a loss of power may take the last moments with it, and never corrupts.</summary>
    ProcessEnd,

    /// <summary>A loss of power too: every transaction is flushed to the disk before it is acknowledged.</summary>
    PowerLoss,
}
