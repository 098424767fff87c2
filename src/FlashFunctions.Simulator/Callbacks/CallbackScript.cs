namespace FlashFunctions.Simulator;

/// <summary>What a provider reports about one call or message, in the order in which it happens.</summary>
internal abstract class CallbackScript(SimulatedCall placed, SimulatedBehaviour behaviour, IReadOnlyList<string> statuses)
{
    public SimulatedCall Placed => placed;

    public SimulatedBehaviour Behaviour => behaviour;

    /// <summary>The statuses in their natural order.</summary>
    public IReadOnlyList<string> Statuses => statuses;

    /// <summary>False where there is nowhere to report to.</summary>
    public abstract bool HasAddress { get; }

    /// <summary>A status in this provider's manner that no document names.</summary>
    public virtual string UnknownStatus => "QUARANTINED";

    /// <summary>False for a status that nobody subscribed to.</summary>
    public virtual bool IsWanted(string status) => true;

    /// <summary>The callback for a status.</summary>
    /// <param name="status">The provider's word.</param>
    /// <param name="at">Now.</param>
    /// <param name="forged">Make it fail authentication.</param>
    public abstract CallbackMessage Write(string status, DateTimeOffset at, bool forged);

    /// <summary>Applies the status to the call; false when it was overtaken and must not be reported.</summary>
    public virtual bool Happens(string status, DateTimeOffset at)
    {
        if (statuses.Count == 0 || !string.Equals(placed.Status, statuses[^1], StringComparison.Ordinal))
            placed.Status = status;
        return true;
    }
}

/// <summary>One HTTP callback.</summary>
/// <param name="Provider">Who sends it.</param>
/// <param name="Address">Where to.</param>
/// <param name="Body">JSON.</param>
/// <param name="Headers">Further headers, such as a signature.</param>
internal sealed record CallbackMessage(string Provider, Uri Address, byte[] Body, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    public CallbackMessage(string provider, Uri address, byte[] body)
        : this(provider, address, body, [])
    {
    }
}
