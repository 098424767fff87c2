using System.Collections.Concurrent;

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
internal sealed class SimulatedPhones(SimulatorLimits limits, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Phone> _phones = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Phone> _withHistory = new();

    public void Add(SimulatedCall call)
    {
        var phone = _phones.GetOrAdd(call.Number, static number => new Phone(number));
        if (phone.Add(call, limits.EventsPerPhone))
        {
            _withHistory.Enqueue(phone);
            while (_withHistory.Count > limits.Phones && _withHistory.TryDequeue(out var oldest))
            {
                oldest.Forget();
            }
        }
    }

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    public SimulatedPhone? Find(string number) =>
        _phones.TryGetValue(string.Concat(number.Where(char.IsAsciiDigit)), out var phone) ? phone.Snapshot(time.GetUtcNow()) : null;

    public static SimulatedPhone Unused(string digits) => new("+" + digits, 0, 0, 0, null, null, []);

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<SimulatedPhone> Latest(int count)
    {
        var now = time.GetUtcNow();
        return [.. _withHistory.OrderByDescending(phone => phone.LastAt).Take(count).Select(phone => phone.Snapshot(now))];
    }

    public void Clear()
    {
        _phones.Clear();
        _withHistory.Clear();
    }

    private sealed class Phone(string number)
    {
        private readonly Lock _lock = new();
        private List<SimulatedCall>? _history;
        private int _calls;
        private int _messages;
        private int _arrived;
        private string? _lastCaller;

        public DateTimeOffset LastAt { get; private set; }

        /// <summary>Adds a call or message; true where there was no history before.</summary>
        public bool Add(SimulatedCall call, int mostEvents)
        {
            lock (_lock)
            {
                _calls += call.IsCall ? 1 : 0;
                _messages += call.IsCall ? 0 : 1;
                _arrived += call.Arrived ? 1 : 0;
                _lastCaller = call is { IsCall: true, Arrived: true } ? call.From : _lastCaller;
                LastAt = call.At;
                call.CountOfPhone = _calls + _messages;
                var isFirst = _history is null;
                _history ??= [];
                _history.Add(call);
                _history.RemoveRange(0, Math.Max(0, _history.Count - mostEvents));
                return isFirst;
            }
        }

        public void Forget()
        {
            lock (_lock)
            {
                _history = null;
            }
        }

        public SimulatedPhone Snapshot(DateTimeOffset now)
        {
            lock (_lock)
            {
                var ringing = _history?.FindLast(call => call.RingsUntil > now)?.From;
                return new SimulatedPhone("+" + number, _calls, _messages, _arrived, ringing, _lastCaller, [.. _history ?? []]);
            }
        }
    }
}
