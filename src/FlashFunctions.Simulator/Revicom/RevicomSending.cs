using System.Text.Json;

namespace FlashFunctions.Simulator;

/// <summary>
/// Takes messages. Assumed: a request in which no message is valid is a 422 with the first problem; where only some are invalid, the
/// answer is a 200 whose items say which.
/// </summary>
internal sealed class RevicomSending(Desk desk, RevicomReader reader, BoundedMap<string, SimulatedCall> messages)
{
    public Outcome Send(IReadOnlyList<JsonElement> items)
    {
        var read = items.Select(reader.Read).ToList();
        if (read.TrueForAll(item => item.Message is null))
            return RevicomErrors.Invalid(read[0].Problem!);
        if (RefusalOf(read) is { } refused)
            return refused;
        return Place(read);
    }

    /// <summary>The number of any message may make the whole request fail.</summary>
    private static Reply? RefusalOf(List<(RevicomMessage? Message, string? Problem)> read) => read
        .Where(item => item.Message is not null)
        .Select(item => RevicomErrors.Of(SimulatedBehaviours.Of(item.Message!.Destination).Refusal))
        .FirstOrDefault(reply => reply is not null);

    private Outcome Place(List<(RevicomMessage? Message, string? Problem)> read)
    {
        var items = new List<RevicomItem>(read.Count);
        var scripts = new List<CallbackScript>(read.Count);
        foreach (var (message, problem) in read)
            items.Add(message is null ? new RevicomItem(null, RevicomErrors.InvalidCode, problem) : Place(message, scripts));
        var result = new RevicomResult(items.Exists(item => item.Code != 201), items);
        var manner = scripts.Select(script => script.Behaviour.Manner).FirstOrDefault(manner => manner != SimulatedAnswer.Plain);
        return new Outcome(Reply.Json(200, result, RevicomJson.Default.RevicomResult)) { Manner = manner, Scripts = scripts };
    }

    private RevicomItem Place(RevicomMessage message, List<CallbackScript> scripts)
    {
        var behaviour = SimulatedBehaviours.Of(message.Destination);
        if (behaviour.Refusal == SimulatedRefusal.Undocumented)
            return new RevicomItem(null, RevicomErrors.InvalidCode, RevicomErrors.InvalidMsisdn);
        var order = new Order(SimulatedProviders.Revicom, "calls.flash", SimulatedCallKind.FlashCall, message.Destination, behaviour)
        {
            From = CallerNumbers.EndingIn(message.Content),
        };
        var uuid = Guid.CreateVersion7(desk.Now).ToString();
        var placed = desk.Place(order, uuid);
        messages.GetOrAdd(uuid, _ => placed);
        scripts.Add(new RevicomScript(placed, behaviour, message));
        return new RevicomItem(uuid, 201);
    }
}
