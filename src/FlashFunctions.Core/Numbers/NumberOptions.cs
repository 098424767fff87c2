namespace FlashFunctions.Core.Numbers;

/// <summary>Which phone numbers are taken.</summary>
public sealed class NumberOptions
{
    public const string Section = "Numbers";

    /// <summary>Refuse a number in a range that nobody has been assigned. Default: true, and false in development.</summary>
    public bool? RequireAssignedRange { get; set; }
}
