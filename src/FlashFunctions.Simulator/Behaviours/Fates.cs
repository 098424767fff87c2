namespace FlashFunctions.Simulator;

/// <summary>What a fate means for each kind of thing.</summary>
internal static class Fates
{
    /// <summary>The phone rings, or shows the message.</summary>
    public static bool Arrives(this SimulatedOutcome fate, SimulatedCallKind kind) => fate switch
    {
        SimulatedOutcome.Rejected or SimulatedOutcome.Unreachable or SimulatedOutcome.Forbidden => false,
        SimulatedOutcome.NobodyThere => kind is SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall or SimulatedCallKind.Sms,
        SimulatedOutcome.Swallowed => kind == SimulatedCallKind.Sms,
        _ => true,
    };

    /// <summary>The fate of one kind of thing, without those that differ by kind.</summary>
    public static SimulatedOutcome For(this SimulatedOutcome fate, SimulatedCallKind kind) => (fate, kind) switch
    {
        (SimulatedOutcome.NobodyThere, SimulatedCallKind.Push or SimulatedCallKind.Viber or SimulatedCallKind.Rcs) => SimulatedOutcome.Unreachable,
        (SimulatedOutcome.NobodyThere, SimulatedCallKind.SpokenCall) => SimulatedOutcome.NobodyThere,
        (SimulatedOutcome.NobodyThere, _) => SimulatedOutcome.Normal,
        (SimulatedOutcome.Swallowed, SimulatedCallKind.Sms) => SimulatedOutcome.Normal,
        (SimulatedOutcome.Read, SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall or SimulatedCallKind.Sms) => SimulatedOutcome.Normal,
        _ => fate,
    };
}
