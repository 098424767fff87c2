namespace FlashFunctions.Simulator;

/// <summary>A callback that was sent, and what came of it.</summary>
/// <param name="At">When.</param>
/// <param name="Provider">Who sent it.</param>
/// <param name="Address">Where to.</param>
/// <param name="Body">The JSON that was sent.</param>
/// <param name="Try">1 for the first.</param>
/// <param name="Status">The HTTP status that came back, or null when none did.</param>
public sealed record SimulatedCallback(DateTimeOffset At, string Provider, Uri Address, string Body, int Try, int? Status)
{
    /// <summary>A 2xx came back.</summary>
    public bool Succeeded => Status is >= 200 and <= 299;
}
