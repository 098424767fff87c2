using System.Globalization;
using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Revicom reports the events that were asked for, to the message's address.</summary>
internal sealed class RevicomScript(SimulatedCall placed, SimulatedBehaviour behaviour, RevicomMessage message)
    : CallbackScript(placed, behaviour, StatusesOf(behaviour.Fate.For(SimulatedCallKind.FlashCall)))
{
    public override bool HasAddress => message.CallbackUrl is not null;

    public override string UnknownStatus => "quarantined";

    public override bool IsWanted(string status) => message.Events.Contains(status, StringComparer.Ordinal);

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var callback = new RevicomCallback(Placed.Reference, status, Placed.Number, at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        var body = JsonSerializer.SerializeToUtf8Bytes(callback, RevicomJson.Default.RevicomCallback);
        return new CallbackMessage(SimulatedProviders.Revicom, forged ? ForgedAddress.Of(message.CallbackUrl!) : message.CallbackUrl!, body);
    }

    private static string[] StatusesOf(SimulatedOutcome fate) => fate switch
    {
        SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => ["sent", "rejected"],
        SimulatedOutcome.Unreachable => ["sent", "undelivered"],
        SimulatedOutcome.Unfinished => ["sent"],
        SimulatedOutcome.Swallowed => [],
        SimulatedOutcome.Contradicted => ["sent", "delivered", "undelivered"],
        _ => ["sent", "delivered"],
    };
}
