namespace FlashFunctions.Simulator;

/// <summary>
/// Runs failover flows: the next message follows at once where one fails, and after the wait where its condition is not met. Assumed: the
/// callbacks tell of the request as a whole, so a failed step that is followed by another is not reported.
/// </summary>
internal sealed class LanckFailover(LanckDesk desk, CallbackEngine callbacks)
{
    private const string Product = "messaging.failover";

    public Outcome Start(ProviderRequest request)
    {
        var (flow, refusal) = LanckFlow.Read(request);
        return flow is null ? refusal! : LanckDesk.Unless(flow.Number, behaviour => Accept(flow, request, behaviour));
    }

    private Outcome Accept(LanckFlow flow, ProviderRequest request, SimulatedBehaviour behaviour)
    {
        var kept = desk.Keep(Product, flow.Number, request.Body);
        return new Outcome(Reply.Json(200, new LanckAccepted(kept.Id), LanckJson.Default.LanckAccepted))
        {
            Manner = behaviour.Manner,
            Scripts = [Run(kept, flow, behaviour, 0)],
        };
    }

    /// <summary>Places one step and plans the next.</summary>
    private LanckScript Run(LanckRequest request, LanckFlow flow, SimulatedBehaviour behaviour, int index)
    {
        var step = flow.Steps[index];
        var order = new Order(SimulatedProviders.Lanck, Product, step.Kind, flow.Number, behaviour) { From = step.From, Text = step.Text, Title = step.Title };
        request.Placed = desk.Desk.Place(order, request.Id);
        var statuses = LanckStatuses.Of(step.Kind, behaviour.Fate);
        var isLast = index == flow.Steps.Count - 1 || IsMet(step, statuses);
        if (!isLast)
            callbacks.Add(new NextStep(this, request, flow, behaviour, index + 1), HasFailed(statuses) ? TimeSpan.Zero : step.Wait);
        return new LanckScript(request.Placed, behaviour, flow.CallbackUrl, Told(statuses, WasSent(flow, behaviour, index), isLast));
    }

    private static bool IsMet(LanckFlowStep step, string[] statuses) =>
        !HasFailed(statuses) && statuses.Contains(step.Condition is "read" ? LanckStatuses.Read : LanckStatuses.Delivered, StringComparer.Ordinal);

    private static bool HasFailed(string[] statuses) => statuses is [.., LanckStatuses.Undelivered or LanckStatuses.Rejected];

    private static bool WasSent(LanckFlow flow, SimulatedBehaviour behaviour, int steps) =>
        flow.Steps.Take(steps).Any(step => LanckStatuses.Of(step.Kind, behaviour.Fate).Contains(LanckStatuses.Sent, StringComparer.Ordinal));

    private static string[] Told(string[] statuses, bool wasSent, bool isLast) =>
        [.. statuses.Where(status => (!wasSent || status is not LanckStatuses.Sent) && (isLast || status is not (LanckStatuses.Undelivered or LanckStatuses.Rejected)))];

    private sealed class NextStep(LanckFailover failover, LanckRequest request, LanckFlow flow, SimulatedBehaviour behaviour, int index) : Work
    {
        public override Task RunAsync(CallbackEngine engine, CancellationToken cancellationToken)
        {
            engine.Begin(failover.Run(request, flow, behaviour, index));
            return Task.CompletedTask;
        }
    }
}
