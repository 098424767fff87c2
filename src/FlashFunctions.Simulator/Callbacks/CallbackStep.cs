namespace FlashFunctions.Simulator;

/// <summary>One status of a script as it is going to be sent.</summary>
/// <param name="Status">What happens.</param>
/// <param name="Reported">The word that is sent, or null when nothing is.</param>
internal readonly record struct CallbackStep(string Status, string? Reported)
{
    /// <summary>The steps of a script, bent by its behaviour.</summary>
    public static IReadOnlyList<CallbackStep> Of(CallbackScript script, SimulatedCallbackDetail detail)
    {
        var steps = script.Statuses.Select((status, index) => new CallbackStep(status, Word(script, detail, status, index))).ToList();
        switch (script.Behaviour.Delivery)
        {
            case SimulatedDelivery.Duplicated:
                return [.. steps.SelectMany(step => new[] { step, step })];
            case SimulatedDelivery.Reordered:
                steps.Reverse();
                return steps;
            default:
                return steps;
        }
    }

    private static string? Word(CallbackScript script, SimulatedCallbackDetail detail, string status, int index)
    {
        var isLast = index == script.Statuses.Count - 1;
        if (!script.HasAddress || script.Behaviour.Delivery == SimulatedDelivery.Lost || detail == SimulatedCallbackDetail.None || !script.IsWanted(status))
            return null;
        if (detail == SimulatedCallbackDetail.FinalOnly && !isLast)
            return null;
        return isLast && script.Behaviour.Delivery == SimulatedDelivery.UnknownStatus ? script.UnknownStatus : status;
    }
}
