using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>What a circuit says to one more call.</summary>
internal enum CircuitEntry
{
    /// <summary>Call.</summary>
    Closed,

    /// <summary>Call: this call decides whether the circuit closes.</summary>
    Probe,

    /// <summary>Do not call.</summary>
    Open,
}

/// <summary>
/// The circuit of one provider, to one destination country or of one account there. What counts are phone numbers, each once with its latest
/// outcome: it opens when enough of them failed within the window, and in a circuit that several accounts share only when those belong to several.
/// After the break one call probes: success closes it, and a number that had not failed yet opens it again. Not safe for threads.
/// </summary>
internal sealed class Circuit(CircuitOptions options)
{
    /// <summary>Numbers that must have failed, whatever the options say.</summary>
    public const int FewestNumbers = 5;

    private const int FewestForPruning = 64;

    private readonly Dictionary<string, Outcome> _numbers = new(StringComparer.Ordinal);
    private TimeSpan? _openUntil;
    private bool _probing;
    private int _pruneAt = FewestForPruning;

    /// <summary>Whether calls are passed over at that time: during the break, and while a probe is under way.</summary>
    public bool IsOpen(TimeSpan now) => _openUntil is { } until && (now < until || _probing);

    /// <summary>Whether nothing in it counts any more.</summary>
    public bool IsIdle(TimeSpan now) => _openUntil is null && _numbers.Values.All(outcome => IsOver(outcome, now));

    /// <summary>Asks for one more call.</summary>
    public CircuitEntry Enter(TimeSpan now)
    {
        if (_openUntil is null)
        {
            return CircuitEntry.Closed;
        }

        if (IsOpen(now))
        {
            return CircuitEntry.Open;
        }

        _probing = true;
        return CircuitEntry.Probe;
    }

    /// <summary>How long the break still lasts.</summary>
    public TimeSpan Left(TimeSpan now) => _openUntil is { } until && until > now ? until - now : TimeSpan.Zero;

    /// <summary>Notes how a call ended. True where that opened the circuit or closed it.</summary>
    /// <param name="entry">What <see cref="Enter"/> said to it.</param>
    /// <param name="number">The phone.</param>
    /// <param name="account">Who asked for it.</param>
    /// <param name="failed">Whether it failed; null where it says nothing.</param>
    /// <param name="isShared">Several accounts send there: the failures of one open nothing.</param>
    /// <param name="now">The time.</param>
    public bool Note(CircuitEntry entry, string number, string account, bool? failed, bool isShared, TimeSpan now)
    {
        if (entry == CircuitEntry.Probe)
        {
            _probing = false;
        }

        if (failed is not { } hasFailed)
        {
            return false;
        }

        var isNew = !_numbers.TryGetValue(number, out var before) || !before.Failed || IsOver(before, now);
        _numbers[number] = new Outcome(account, hasFailed, now);
        if (entry == CircuitEntry.Probe)
        {
            return hasFailed ? isNew && Open(now) : Close();
        }

        Prune(now);
        return hasFailed && _openUntil is null && ShouldOpen(isShared, now) && Open(now);
    }

    private bool ShouldOpen(bool isShared, TimeSpan now)
    {
        var counted = _numbers.Values.Where(outcome => !IsOver(outcome, now)).ToArray();
        var failures = Array.FindAll(counted, outcome => outcome.Failed);
        return failures.Length >= FewestNumbers
            && counted.Length >= options.MinimumThroughput
            && failures.Length >= options.FailureRatio * counted.Length
            && (!isShared || failures.Select(failure => failure.Account).Distinct(StringComparer.Ordinal).Skip(1).Any());
    }

    private bool Open(TimeSpan now)
    {
        _openUntil = now + options.BreakDuration;
        return true;
    }

    private bool Close()
    {
        _openUntil = null;
        _numbers.Clear();
        return true;
    }

    private void Prune(TimeSpan now)
    {
        if (_numbers.Count < _pruneAt)
        {
            return;
        }

        foreach (var number in _numbers.Where(entry => IsOver(entry.Value, now)).Select(entry => entry.Key).ToArray())
        {
            _numbers.Remove(number);
        }

        _pruneAt = Math.Max(FewestForPruning, 2 * _numbers.Count);
    }

    // While the circuit is open, the numbers that opened it go on counting: they do not open it twice.
    private bool IsOver(Outcome outcome, TimeSpan now) => _openUntil is null && now - outcome.At > options.SamplingDuration;

    private readonly record struct Outcome(string Account, bool Failed, TimeSpan At);
}
