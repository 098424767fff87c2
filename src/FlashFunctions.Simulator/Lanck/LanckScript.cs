using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>Lanck reports to the address of the request.</summary>
internal sealed class LanckScript(SimulatedCall placed, SimulatedBehaviour behaviour, Uri? address, string[] statuses)
    : CallbackScript(placed, behaviour, statuses)
{
    private const int TalkSeconds = 17;
    private const int RingSeconds = 6;

    public override bool HasAddress => address is not null;

    public override CallbackMessage Write(string status, DateTimeOffset at, bool forged)
    {
        var callback = new LanckCallback(Placed.Reference, "+" + Placed.Number, LanckNetworks.Of(Placed.Number)?.MccMnc, status, at.ToUnixTimeSeconds());
        if (Placed.Kind is SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall)
            callback = WithCall(callback);
        var body = JsonSerializer.SerializeToUtf8Bytes(callback, LanckJson.Default.LanckCallback);
        return new CallbackMessage(SimulatedProviders.Lanck, forged ? ForgedAddress.Of(address!) : address!, body);
    }

    private LanckCallback WithCall(LanckCallback callback)
    {
        var created = Placed.At.ToUnixTimeSeconds();
        if (callback.Status is LanckStatuses.Sent)
            return callback with { CallCreatedAt = created };
        var isAnswered = callback.Status is "ANSWERED";
        var talk = isAnswered && Placed.Kind == SimulatedCallKind.SpokenCall ? TalkSeconds : 0;
        long? rang = Placed.Arrived ? created + RingSeconds : null;
        return callback with
        {
            SipStatus = LanckStatuses.SipStatus(callback.Status),
            CallCreatedAt = created,
            CallRingStartedAt = rang,
            CallAnsweredAt = isAnswered ? rang : null,
            CallEndedAt = (rang ?? created) + talk,
            Billable = isAnswered,
            Duration = talk,
        };
    }
}
