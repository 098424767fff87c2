namespace FlashFunctions.Simulator;

/// <summary>One status of a script.</summary>
/// <param name="Status">What happens.</param>
/// <param name="Reported">The status that is sent, or null when nothing is.</param>
internal readonly record struct SimulatedStep(string Status, string? Reported);

/// <summary>What a provider reports about one call or message, in the order in which it happens.</summary>
/// <param name="call">The call or message.</param>
/// <param name="address">Where it is reported, or null for nowhere.</param>
/// <param name="statuses">The statuses in their natural order.</param>
internal abstract class SimulatedScript(SimulatedCall call, Uri? address, IReadOnlyList<string> statuses)
{
    public SimulatedCall Call => call;

    public SimulatedDelivery Delivery => call.Chosen.Delivery;

    protected Uri Address => address!;

    protected virtual string UnknownStatus => "QUARANTINED";

    /// <summary>The statuses, and what is sent for each, in the order that the number's behaviour asks for.</summary>
    /// <param name="detail">How much is reported.</param>
    /// <param name="twice">True: whatever the number, every callback is sent twice.</param>
    public Queue<SimulatedStep> Steps(SimulatedCallbackDetail detail, bool twice)
    {
        var steps = statuses.Select((status, index) => new SimulatedStep(status, Reported(status, index == statuses.Count - 1, detail)));
        return new(
            Delivery == SimulatedDelivery.Reordered ? steps.Reverse()
            : twice || Delivery == SimulatedDelivery.Duplicated ? steps.SelectMany(step => new[] { step, step })
            : steps);
    }

    /// <summary>The callback for a status, as the provider calls it.</summary>
    public abstract SimulatedMessage Write(string status, DateTimeOffset at);

    /// <summary>Applies the status to the call; false when the call has ended otherwise and the status must not be reported.</summary>
    public virtual bool TryApply(string status, DateTimeOffset at)
    {
        if (call.Status != statuses[^1])
        {
            call.Status = status;
        }

        return true;
    }

    /// <summary>False for a status that nobody subscribed to.</summary>
    protected virtual bool IsWanted(string status) => true;

    /// <summary>The address, with a wrong path token where the number's behaviour asks for forged callbacks.</summary>
    protected Uri AddressOrForged()
    {
        var path = Address.AbsolutePath;
        return Delivery == SimulatedDelivery.Forged
            ? new UriBuilder(Address) { Path = path[..^1] + (path[^1] == 'A' ? 'B' : 'A') }.Uri
            : Address;
    }

    /// <summary>A secret, or a wrong one where the number's behaviour asks for forged callbacks.</summary>
    protected string SecretOrForged(string secret) => Delivery == SimulatedDelivery.Forged ? "forged-" + secret : secret;

    private string? Reported(string status, bool isLast, SimulatedCallbackDetail detail)
    {
        var isReported = address is not null
            && Delivery != SimulatedDelivery.Lost
            && IsWanted(status)
            && (detail == SimulatedCallbackDetail.All || (detail == SimulatedCallbackDetail.FinalOnly && isLast));
        return !isReported ? null
            : isLast && Delivery == SimulatedDelivery.UnknownStatus ? UnknownStatus
            : status;
    }
}
