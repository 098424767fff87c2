using System.ComponentModel.DataAnnotations;

namespace FlashFunctions.Core.Security;

/// <summary>The service itself.</summary>
public sealed class ServiceOptions
{
    public const string Section = "Service";

    /// <summary>The address under which providers reach this service, without a path: https outside development.</summary>
    [Required]
    [Url]
    public string PublicAddress { get; set; } = "";
}
