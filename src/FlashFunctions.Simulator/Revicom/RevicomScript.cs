using System.Globalization;
using System.Text.Json;
using FlashFunctions.Simulator.Behaviours;
using FlashFunctions.Simulator.Callbacks;
using FlashFunctions.Simulator.Phones;

namespace FlashFunctions.Simulator.Revicom;

/// <summary>Revicom reports the events that were asked for, to the message's address.</summary>
internal sealed class RevicomScript(Placed placed, Behaviour behaviour, RevicomMessage message)
    : CallbackScript(placed, behaviour, StatusesOf(behaviour.Fate.For(PlacedKind.FlashCall)))
{
    public override bool HasAddress => message.CallbackUrl is not null;

    public override string UnknownStatus => "quarantined";

    public override bool IsWanted(string status) => message.Events.Contains(status, StringComparer.Ordinal);

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var callback = new RevicomCallback(Placed.Reference, status, Placed.Number, at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        var body = JsonSerializer.SerializeToUtf8Bytes(callback, RevicomJson.Default.RevicomCallback);
        return new CallbackMessage(SimulatedProvider.Revicom, forged ? ForgedAddress.Of(message.CallbackUrl!) : message.CallbackUrl!, body);
    }

    private static string[] StatusesOf(Fate fate) => fate switch
    {
        Fate.Rejected or Fate.Forbidden => ["sent", "rejected"],
        Fate.Unreachable => ["sent", "undelivered"],
        Fate.Unfinished => ["sent"],
        Fate.Swallowed => [],
        Fate.Contradicted => ["sent", "delivered", "undelivered"],
        _ => ["sent", "delivered"],
    };
}
