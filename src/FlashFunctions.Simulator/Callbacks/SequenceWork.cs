namespace FlashFunctions.Simulator;

/// <summary>Sends one step of a script and then queues the next, so that the steps of one call never overtake each other.</summary>
internal sealed class SequenceWork(CallbackScript script, IReadOnlyList<CallbackStep> steps, int index) : Work
{
    public override async Task RunAsync(CallbackEngine engine, CancellationToken cancellationToken)
    {
        if (!await StepAsync(engine, cancellationToken))
            return;
        if (index + 1 < steps.Count)
            engine.AddNext(new SequenceWork(script, steps, index + 1));
    }

    /// <summary>Sends all steps now, one after the other.</summary>
    public static async Task RunAllAsync(CallbackEngine engine, CallbackScript script, IReadOnlyList<CallbackStep> steps, CancellationToken cancellationToken)
    {
        for (var i = 0; i < steps.Count; i++)
        {
            if (!await new SequenceWork(script, steps, i).StepAsync(engine, cancellationToken))
                return;
        }
    }

    private async Task<bool> StepAsync(CallbackEngine engine, CancellationToken cancellationToken)
    {
        var (status, reported) = steps[index];
        var now = engine.Now;
        if (!script.Happens(status, now))
            return false;
        if (reported is not null)
            await engine.SendAsync(script.Write(reported, now, script.Behaviour.Delivery == SimulatedDelivery.Forged), RetryPlan.Callback, cancellationToken);
        return true;
    }
}
