using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Guard;

/// <summary>Limits for one number within an account.</summary>
public sealed class GuardOptions
{
    public const string Section = "Guard";

    /// <summary>Wrong codes that one request may take: 1 to 5, default 5.</summary>
    [Range(1, 5)]
    public int WrongCodesPerRequest { get; set; } = 5;

    /// <summary>Wrong codes that a number may take in any 24 hours across its requests: 1 to 10, default 10.</summary>
    [Range(1, 10)]
    public int WrongCodesPerDay { get; set; } = 10;

    /// <summary>Least time between two calls of verify or next, in seconds: 0 to 3,600, default 30.</summary>
    [Range(0, 3_600)]
    public int CoolDownSeconds { get; set; } = 30;

    /// <summary>Attempts that may be placed in 10 minutes: 1 to 100, default 5.</summary>
    [Range(1, 100)]
    public int SendsPerTenMinutes { get; set; } = 5;

    /// <summary>Attempts that may be placed in 24 hours: 1 to 100, default 10.</summary>
    [Range(1, 100)]
    public int SendsPerDay { get; set; } = 10;
}
