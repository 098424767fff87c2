namespace FlashFunctions.Simulator;

/// <summary>HLR lookup and fraud check: answered at once, by the number.</summary>
internal sealed class LanckInsight(LanckDesk desk)
{
    public Outcome Hlr(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour =>
        {
            var found = desk.Keep("insight.hlr", number, request.Body, status: ReachabilityOf(behaviour.Fate));
            return new Outcome(Reply.Json(200, found.Show(withPayload: false), LanckJson.Default.LanckInfo)) { Manner = behaviour.Manner };
        });
    }

    public static Outcome FraudCheck(LanckForm form, ProviderRequest request)
    {
        var number = form.Number();
        if (form.Refusal is { } invalid)
            return invalid;
        return LanckDesk.Unless(number, behaviour =>
        {
            var result = new LanckFraudCheck(VerdictOf(behaviour.Fate), behaviour.Fate != SimulatedOutcome.Unreachable);
            return new Outcome(Reply.Json(200, result, LanckJson.Default.LanckFraudCheck)) { Manner = behaviour.Manner };
        });
    }

    private static string ReachabilityOf(SimulatedOutcome fate) => fate switch
    {
        SimulatedOutcome.Unreachable => LanckStatuses.Undelivered,
        SimulatedOutcome.Rejected or SimulatedOutcome.Forbidden => LanckStatuses.Rejected,
        _ => LanckStatuses.Delivered,
    };

    private static string VerdictOf(SimulatedOutcome fate) => fate switch
    {
        SimulatedOutcome.Forbidden => "FRAUDULENT",
        SimulatedOutcome.Declined => "FRAUDLENT", // As the document's own example spells it.
        SimulatedOutcome.Rejected => "SUSPICIOUS",
        SimulatedOutcome.Unreachable => "NOT_MOBILE_PREFIX",
        _ => "PASSED",
    };
}
