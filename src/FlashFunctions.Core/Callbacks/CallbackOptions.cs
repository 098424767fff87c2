namespace FlashFunctions.Core.Callbacks;

/// <summary>Our calls to the accounts' callback addresses.</summary>
public sealed class CallbackOptions
{
    public const string Section = "Callbacks";

    /// <summary>
    /// Allows callback addresses on this machine, and http to them; nothing else that is not public. For development: a start in
    /// production is refused. Default: false.
    /// </summary>
    public bool AllowLoopback { get; set; }
}
