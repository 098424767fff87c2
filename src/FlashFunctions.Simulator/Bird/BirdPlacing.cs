namespace FlashFunctions.Simulator;

/// <summary>Creates flash calls. Calls are found again by id, and the latest by its two numbers.</summary>
internal sealed class BirdPlacing(Desk desk, SimulatedBirdOptions options, BoundedMap<string, BirdCall> calls, Func<BirdWebhook> webhook)
{
    private const int UsualRingTimeout = 30;

    public Outcome Place(ProviderRequest request) => BirdBody.Read(request, Place);

    /// <summary>The key of the latest call between two numbers.</summary>
    public static string KeyOf(string from, string to) => from + ">" + to;

    private Outcome Place(BirdBody body)
    {
        body.AllowOnly("from", "to", "ringTimeout");
        var to = body.Number("to", required: true);
        var from = body.Number("from", required: false);
        var ringTimeout = body.Integer("ringTimeout", 3, 120) ?? UsualRingTimeout;
        if (from is not null && options.Numbers.Count > 0 && !options.Numbers.Contains(from, StringComparer.Ordinal))
            body.Problem("from", "is not a number of this channel");
        if (body.Refusal is { } invalid)
            return invalid;
        var behaviour = SimulatedBehaviours.Of(to!);
        return BirdErrors.Of(behaviour.Refusal) is { } refused ? refused : Accept(to!, from ?? Choose(), ringTimeout, behaviour);
    }

    private Outcome Accept(string to, string from, int ringTimeout, SimulatedBehaviour behaviour)
    {
        var order = new Order(SimulatedProviders.Bird, "calls.flash", SimulatedCallKind.FlashCall, to, behaviour) { From = from };
        var placed = desk.Place(order, Guid.CreateVersion7(desk.Now).ToString(), TimeSpan.FromSeconds(ringTimeout));
        placed.Status = "accepted";
        var call = new BirdCall(placed, options.ChannelId, ringTimeout);
        calls.Set(placed.Reference, call);
        calls.Set(KeyOf(from, to), call);
        return new Outcome(Reply.Json(202, call.Show("accepted"), BirdJson.Default.BirdResource))
        {
            Manner = behaviour.Manner,
            Scripts = [new BirdScript(call, behaviour, webhook())],
        };
    }

    private string Choose() => options.Numbers.Count == 0
        ? CallerNumbers.FromPool()
        : options.Numbers[System.Security.Cryptography.RandomNumberGenerator.GetInt32(options.Numbers.Count)];
}
