namespace FlashFunctions.Simulator;

/// <summary>A simulated phone: counts, the last caller, and a bounded history.</summary>
internal sealed class Phone(string number, PhoneTally tally, int capacity)
{
    private readonly Lock _lock = new();
    private readonly List<SimulatedCall> _history = [];
    private PhoneTally _tally = tally;

    public DateTimeOffset LastAt { get; private set; }

    public PhoneTally Tally
    {
        get
        {
            lock (_lock)
                return _tally;
        }
    }

    public void Add(SimulatedCall placed)
    {
        lock (_lock)
        {
            _tally = _tally.With(placed);
            placed.CountOfPhone = _tally.Calls + _tally.Messages;
            LastAt = placed.At;
            if (_history.Count >= capacity)
                _history.RemoveAt(0);
            if (capacity > 0)
                _history.Add(placed);
        }
    }

    public SimulatedPhone Snapshot(DateTimeOffset now)
    {
        lock (_lock)
        {
            var ringing = _history.FindLast(placed => placed.RingsUntil > now);
            return SimulatedPhone.Of(number, _tally, ringing?.From, [.. _history]);
        }
    }
}
