using System.Collections.Concurrent;

namespace FlashFunctions.Simulator;

/// <summary>All simulated phones. Beyond the limit the oldest keep their counts and their last caller, but no history.</summary>
internal sealed class PhoneBook
{
    private readonly BoundedMap<string, Phone> _phones;
    private readonly ConcurrentDictionary<long, PhoneTally> _tallies = new();
    private readonly int _eventsPerPhone;
    private readonly TimeProvider _time;

    public PhoneBook(SimulatorLimits limits, TimeProvider time)
    {
        _phones = new BoundedMap<string, Phone>(limits.Phones, (number, phone) => _tallies[Key(number)] = phone.Tally);
        _eventsPerPhone = limits.EventsPerPhone;
        _time = time;
    }

    public void Add(SimulatedCall placed) => _phones.GetOrAdd(placed.Number, Make).Add(placed);

    /// <summary>The phone, or null when nothing was ever sent to it.</summary>
    public SimulatedPhone? Find(string number)
    {
        var digits = new string([.. number.Where(char.IsAsciiDigit)]);
        if (digits.Length is 0 or > 18)
            return null;
        if (_phones.TryGet(digits, out var phone))
            return phone.Snapshot(_time.GetUtcNow());
        return _tallies.TryGetValue(Key(digits), out var tally) ? SimulatedPhone.Of(digits, tally, ringing: null, []) : null;
    }

    /// <summary>Phones with a history, the most recently used first.</summary>
    public IReadOnlyList<SimulatedPhone> Latest(int count)
    {
        var now = _time.GetUtcNow();
        return [.. _phones.Values.OrderByDescending(phone => phone.LastAt).Take(count).Select(phone => phone.Snapshot(now))];
    }

    public void Clear()
    {
        _phones.Clear();
        _tallies.Clear();
    }

    private static long Key(string digits) => long.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);

    private Phone Make(string number) =>
        new(number, _tallies.TryRemove(Key(number), out var tally) ? tally : default, _eventsPerPhone);
}
