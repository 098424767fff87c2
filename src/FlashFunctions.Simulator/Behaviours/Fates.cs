using FlashFunctions.Simulator.Phones;

namespace FlashFunctions.Simulator.Behaviours;

/// <summary>What a fate means for each kind of thing.</summary>
internal static class Fates
{
    /// <summary>The phone rings, or shows the message.</summary>
    public static bool Arrives(this Fate fate, PlacedKind kind) => fate switch
    {
        Fate.Rejected or Fate.Unreachable or Fate.Forbidden => false,
        Fate.NobodyThere => kind is PlacedKind.FlashCall or PlacedKind.SpokenCall or PlacedKind.Sms,
        Fate.Swallowed => kind == PlacedKind.Sms,
        _ => true,
    };

    /// <summary>The fate of one kind of thing, without those that differ by kind.</summary>
    public static Fate For(this Fate fate, PlacedKind kind) => (fate, kind) switch
    {
        (Fate.NobodyThere, PlacedKind.Push or PlacedKind.Viber or PlacedKind.Rcs) => Fate.Unreachable,
        (Fate.NobodyThere, PlacedKind.SpokenCall) => Fate.NobodyThere,
        (Fate.NobodyThere, _) => Fate.Normal,
        (Fate.Swallowed, PlacedKind.Sms) => Fate.Normal,
        (Fate.Read, PlacedKind.FlashCall or PlacedKind.SpokenCall or PlacedKind.Sms) => Fate.Normal,
        _ => fate,
    };
}
