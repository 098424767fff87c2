using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FlashFunctions.Simulator;

/// <summary>A simulated phone at one moment.</summary>
/// <param name="Number">The number, with its plus.</param>
/// <param name="Calls">Calls placed to it, whether or not they rang.</param>
/// <param name="Messages">Messages sent to it, whether or not they arrived.</param>
/// <param name="Arrived">Calls that rang and messages that were shown.</param>
/// <param name="Ringing">The caller number that is ringing now, E.164 digits, or null.</param>
/// <param name="LastCaller">The number that rang last, E.164 digits, or null.</param>
/// <param name="History">The last calls and messages, oldest first; empty where they have been dropped to bound memory.</param>
public sealed record SimulatedPhone(
    string Number, int Calls, int Messages, int Arrived, string? Ringing, string? LastCaller, IReadOnlyList<SimulatedCall> History);

/// <summary>All simulated phones. Beyond the limit the oldest keep their counts and their last caller, but no history.</summary>
internal sealed class SimulatedPhones
{
    private readonly BoundedMap<string, Phone> _phones;
    private readonly ConcurrentDictionary<long, Counts> _countsWithoutHistory = new();
    private readonly int _eventsPerPhone;
    private readonly TimeProvider _time;

    public SimulatedPhones(SimulatorLimits limits, TimeProvider time)
    {
        _phones = new BoundedMap<string, Phone>(
            limits.Phones, (number, phone) => _countsWithoutHistory[SimulatedNumbers.Key(number)] = phone.Counts);
        _eventsPerPhone = limits.EventsPerPhone;
        _time = time;
    }

    public void Add(SimulatedCall call) => _phones.GetOrAdd(call.Number, Make).Add(call);

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    public SimulatedPhone? Find(string number)
    {
        var digits = new string([.. number.Where(char.IsAsciiDigit)]);
        if (digits.Length is 0 or > 18)
        {
            return null;
        }

        if (_phones.TryGet(digits, out var phone))
        {
            return phone.Snapshot(_time.GetUtcNow());
        }

        return _countsWithoutHistory.TryGetValue(SimulatedNumbers.Key(digits), out var counts) ? counts.Snapshot(digits, null, []) : null;
    }

    /// <summary>A phone to which nothing was sent.</summary>
    public static SimulatedPhone Unused(string digits) => default(Counts).Snapshot(digits, ringing: null, []);

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<SimulatedPhone> Latest(int count)
    {
        var now = _time.GetUtcNow();
        return [.. _phones.Values.OrderByDescending(phone => phone.LastAt).Take(count).Select(phone => phone.Snapshot(now))];
    }

    public void Clear()
    {
        _phones.Clear();
        _countsWithoutHistory.Clear();
    }

    private Phone Make(string number) =>
        new(number, _countsWithoutHistory.TryRemove(SimulatedNumbers.Key(number), out var counts) ? counts : default, _eventsPerPhone);

    private sealed class Phone(string number, Counts counts, int capacity)
    {
        private readonly Lock _lock = new();
        private readonly List<SimulatedCall> _history = [];
        private Counts _counts = counts;

        public DateTimeOffset LastAt { get; private set; }

        public Counts Counts
        {
            get
            {
                lock (_lock)
                {
                    return _counts;
                }
            }
        }

        public void Add(SimulatedCall call)
        {
            lock (_lock)
            {
                _counts = _counts.With(call);
                call.CountOfPhone = _counts.Calls + _counts.Messages;
                LastAt = call.At;
                if (_history.Count >= capacity)
                {
                    _history.RemoveAt(0);
                }

                if (capacity > 0)
                {
                    _history.Add(call);
                }
            }
        }

        public SimulatedPhone Snapshot(DateTimeOffset now)
        {
            lock (_lock)
            {
                return _counts.Snapshot(number, _history.FindLast(call => call.RingsUntil > now)?.From, [.. _history]);
            }
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Counts(int Calls, int Messages, int Arrived, long LastCaller)
    {
        public Counts With(SimulatedCall call) => new(
            Calls + (call.IsCall ? 1 : 0),
            Messages + (call.IsCall ? 0 : 1),
            Arrived + (call.Arrived ? 1 : 0),
            call is { IsCall: true, Arrived: true }
                && long.TryParse(call.From, NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : LastCaller);

        public SimulatedPhone Snapshot(string digits, string? ringing, IReadOnlyList<SimulatedCall> history)
        {
            var lastCaller = LastCaller == 0 ? null : LastCaller.ToString(CultureInfo.InvariantCulture);
            return new SimulatedPhone("+" + digits, Calls, Messages, Arrived, ringing, lastCaller, history);
        }
    }
}
