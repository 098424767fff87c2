namespace FlashFunctions.Simulator;

/// <summary>Ends calls and takes the result of the verification.</summary>
internal sealed class BirdEnding(Desk desk, BoundedMap<string, BirdCall> calls, CallbackEngine callbacks, Func<BirdWebhook> webhook)
{
    private static readonly string[] Results = ["unknown", "verified", "canceled", "timeout", "wrong_cli"];

    public Outcome EndById(ProviderRequest request) => BirdBody.Read(request, body =>
    {
        body.AllowOnly("receivedCli", "result");
        var hangup = ReadHangup(body, resultRequired: true);
        if (body.Refusal is { } invalid)
            return invalid;
        return calls.TryGet(request.Route("callId"), out var call) ? End(call, "end", hangup) : BirdErrors.NotFound;
    });

    /// <summary>With both numbers, further fields are free and the result may be left out: the second of the two documented schemas.</summary>
    public Outcome EndByNumbers(ProviderRequest request) => BirdBody.Read(request, body =>
    {
        var isFirstSchema = !body.Has("from") && !body.Has("to") && body.Has("result");
        if (isFirstSchema)
            body.AllowOnly("receivedCli", "result");
        var from = body.Number("from", required: !isFirstSchema);
        var to = body.Number("to", required: !isFirstSchema);
        var hangup = ReadHangup(body, resultRequired: isFirstSchema);
        if (body.Refusal is { } invalid)
            return invalid;
        var found = calls.TryGet(BirdPlacing.KeyOf(from ?? "", to ?? ""), out var call);
        return found ? End(call!, "hangup", hangup) : BirdErrors.NotFound;
    });

    private static BirdHangup ReadHangup(BirdBody body, bool resultRequired)
    {
        var result = body.Text("result", resultRequired);
        if (result is not null && !Results.Contains(result, StringComparer.Ordinal))
            body.Problem("result", "must be one of " + string.Join(", ", Results));
        return new BirdHangup(body.Text("receivedCli", required: false), result);
    }

    private Outcome End(BirdCall call, string kind, BirdHangup hangup)
    {
        var result = hangup.Result ?? "unknown";
        desk.Report(SimulatedProviders.Bird, kind, call.Placed.Reference, call.Placed.Number, result, hangup.ReceivedCli);
        var status = result is "canceled" ? "cancelled" : "completed";
        if (call.TryHangUp(status, desk.Now))
            callbacks.Begin(BirdScript.OfHangup(call, SimulatedBehaviours.Of(call.Placed.Number), webhook(), status));
        return Reply.Json(202, hangup, BirdJson.Default.BirdHangup);
    }
}
