namespace FlashFunctions.Simulator;

/// <summary>Where accepted calls and messages and the reports on them are written down.</summary>
internal sealed class Desk(SimulatorOptions options, TimeProvider time)
{
    private readonly Ring<SimulatedCall> _calls = new(options.Limits.Calls);
    private readonly Ring<SimulatedReport> _reports = new(options.Limits.Reports);
    private long _sequence;

    public PhoneBook Phones { get; } = new(options.Limits, time);

    public Ring<SimulatedCall> Calls => _calls;

    public Ring<SimulatedReport> Reports => _reports;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Writes down one call or message; a call rings for so long, or for as long as the options say.</summary>
    public SimulatedCall Place(Order order, string reference, TimeSpan? longestRing = null)
    {
        var arrived = order.Behaviour.Fate.Arrives(order.Kind);
        var placed = new SimulatedCall
        {
            At = Now,
            Provider = order.Provider,
            Product = order.Product,
            Kind = order.Kind,
            Number = order.Number,
            Reference = reference,
            From = order.From,
            Text = order.Text,
            Title = order.Title,
            Language = order.Language,
            Arrived = arrived,
            RingsUntil = arrived && order.Kind is SimulatedCallKind.FlashCall or SimulatedCallKind.SpokenCall ? Now + Shorter(longestRing) : null,
            Behaviour = order.Behaviour.Name,
        };
        placed.Sequence = Interlocked.Increment(ref _sequence);
        Phones.Add(placed);
        _calls.Add(placed);
        return placed;
    }

    public void Report(string provider, string kind, string? reference, string? number, string result, string? detail) =>
        _reports.Add(new SimulatedReport(Now, provider, kind, reference, number, result, detail));

    public void Clear()
    {
        Phones.Clear();
        _calls.Clear();
        _reports.Clear();
        Interlocked.Exchange(ref _sequence, 0);
    }

    private TimeSpan Shorter(TimeSpan? ring) => ring is { } given && given < options.Delays.Ring ? given : options.Delays.Ring;
}

/// <summary>A call or message that is about to be placed.</summary>
internal sealed record Order(string Provider, string Product, SimulatedCallKind Kind, string Number, SimulatedBehaviour Behaviour)
{
    public string? From { get; init; }

    public string? Text { get; init; }

    public string? Title { get; init; }

    public string? Language { get; init; }
}
