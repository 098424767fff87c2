using System.Globalization;
using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Unibell reports how a call ended, to the one address of the account.</summary>
internal sealed class UnibellScript(SimulatedCall placed, SimulatedBehaviour behaviour, Uri? address, string appKey)
    : CallbackScript(placed, behaviour, StatusesOf(behaviour.Fate.For(SimulatedCallKind.FlashCall)))
{
    public override bool HasAddress => address is not null;

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var requestId = long.Parse(Placed.Reference, CultureInfo.InvariantCulture);
        var callback = new UnibellCallback(requestId, Placed.Number, status, at.ToUnixTimeSeconds(), forged ? "forged-" + appKey : appKey);
        return new CallbackMessage(SimulatedProviders.Unibell, address!, JsonSerializer.SerializeToUtf8Bytes(callback, UnibellJson.Default.UnibellCallback));
    }

    private static string[] StatusesOf(SimulatedOutcome fate) => fate switch
    {
        SimulatedOutcome.Answered => ["ANSWERED"],
        SimulatedOutcome.Declined => ["BUSY_HERE"],
        SimulatedOutcome.Rejected => ["REJECTED"],
        SimulatedOutcome.Unreachable => ["UNAVAILABLE"],
        SimulatedOutcome.Forbidden => ["FORBIDDEN"],
        SimulatedOutcome.Unfinished or SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => ["TERMINATED", "UNAVAILABLE"],
        _ => ["TERMINATED"],
    };
}
