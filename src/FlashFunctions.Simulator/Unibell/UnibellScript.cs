using System.Globalization;
using System.Text.Json;
using FlashFunctions.Simulator.Behaviours;
using FlashFunctions.Simulator.Callbacks;
using FlashFunctions.Simulator.Phones;

namespace FlashFunctions.Simulator.Unibell;

/// <summary>Unibell reports how a call ended, to the one address of the account.</summary>
internal sealed class UnibellScript(Placed placed, Behaviour behaviour, Uri? address, string appKey)
    : CallbackScript(placed, behaviour, StatusesOf(behaviour.Fate.For(PlacedKind.FlashCall)))
{
    public override bool HasAddress => address is not null;

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var requestId = long.Parse(Placed.Reference, CultureInfo.InvariantCulture);
        var callback = new UnibellCallback(requestId, Placed.Number, status, at.ToUnixTimeSeconds(), forged ? "forged-" + appKey : appKey);
        return new CallbackMessage(SimulatedProvider.Unibell, address!, JsonSerializer.SerializeToUtf8Bytes(callback, UnibellJson.Default.UnibellCallback));
    }

    private static string[] StatusesOf(Fate fate) => fate switch
    {
        Fate.Answered => ["ANSWERED"],
        Fate.Declined => ["BUSY_HERE"],
        Fate.Rejected => ["REJECTED"],
        Fate.Unreachable => ["UNAVAILABLE"],
        Fate.Forbidden => ["FORBIDDEN"],
        Fate.Unfinished or Fate.Swallowed => [],
        Fate.Contradicted => ["TERMINATED", "UNAVAILABLE"],
        _ => ["TERMINATED"],
    };
}
