using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Requests;

/// <summary>Verifications and calls.</summary>
public sealed class VerificationOptions
{
    public const string Section = "Verification";

    /// <summary>The longest a phone rings for a flash call, in seconds: 3 to 120, default 30.</summary>
    [Range(3, 120)]
    public int RingTimeoutSeconds { get; set; } = 30;

    /// <summary>
    /// Who asks, in the texts of SMS and spoken codes: 1 to 20 characters, so that every text fits one SMS part; default Verification.
    /// </summary>
    [Required]
    [StringLength(20, MinimumLength = 1)]
    public string Brand { get; set; } = "Verification";

    /// <summary>
    /// After how many seconds a call or message that is no verification counts as ended without a report: 60 to 259,200, default 600.
    /// </summary>
    [Range(60, 259_200)]
    public int ReportTimeoutSeconds { get; set; } = 600;
}
