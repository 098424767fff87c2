using System.Diagnostics.Metrics;
using FlashFunctions.Core.Telemetry;
using Microsoft.Extensions.Hosting;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// The circuits of one provider: one a destination country for everybody, and one an account there, so that an account whose calls keep
/// failing is passed over without touching the others, and without its steps going from provider to provider each time.
/// </summary>
internal sealed class Circuits(CircuitOptions options, TimeProvider time)
{
    /// <summary>How long an account that sent to a country counts as one of those who do.</summary>
    private static readonly TimeSpan Senders = TimeSpan.FromHours(1);

    private const int MostCircuits = 4_096;

    private readonly Lock _lock = new();
    private readonly long _begin = time.GetTimestamp();
    private readonly Dictionary<(string Country, string Account), Circuit> _circuits = [];
    private readonly Dictionary<string, Dictionary<string, TimeSpan>> _senders = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> OpenCountries
    {
        get
        {
            lock (_lock)
            {
                var open = _circuits.Where(entry => entry.Key.Account.Length == 0 && entry.Value.IsOpen(Now));
                return [.. open.Select(entry => entry.Key.Country).Order(StringComparer.Ordinal)];
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_begin);

    /// <summary>Whether calls to a country are passed over, for everybody or for that account.</summary>
    public bool IsOpen(string country, string? account)
    {
        lock (_lock)
        {
            return IsOpen(country, "", Now) || (account is { Length: > 0 } && IsOpen(country, account, Now));
        }
    }

    /// <summary>Asks for one more call; null, and how long to stay away, where a circuit is open.</summary>
    public CircuitCall? Enter(string country, string account, string number, out TimeSpan stayAway)
    {
        lock (_lock)
        {
            var now = Now;
            var (everybody, own) = (Of(country, "", now), Of(country, account, now));
            stayAway = everybody.Left(now) > own.Left(now) ? everybody.Left(now) : own.Left(now);
            if (everybody.IsOpen(now) || own.IsOpen(now))
            {
                return null;
            }

            var isProbe = everybody.Enter();
            return new CircuitCall(
                country, account, number, IsShared(country, account, now), isProbe, own == everybody ? isProbe : own.Enter());
        }
    }

    /// <summary>
    /// Notes how a call ended; <paramref name="failed"/> is null where that says nothing of the provider. True where the circuit for
    /// everybody opened, false where it closed, null where it stayed as it was.
    /// </summary>
    public bool? Note(CircuitCall call, bool? failed)
    {
        lock (_lock)
        {
            var now = Now;
            var (everybody, own) = (Of(call.Country, "", now), Of(call.Country, call.Account, now));
            var changed = everybody.Note(call.ProbesEverybody, call.Number, call.Account, failed, call.IsShared, now);
            if (own != everybody)
            {
                own.Note(call.ProbesOwn, call.Number, call.Account, failed, isShared: false, now);
            }

            return changed ? everybody.IsOpen(now) : null;
        }
    }

    private bool IsOpen(string country, string account, TimeSpan now) =>
        _circuits.TryGetValue(Key(country, account), out var circuit) && circuit.IsOpen(now);

    private Circuit Of(string country, string account, TimeSpan now)
    {
        if (_circuits.TryGetValue(Key(country, account), out var known))
        {
            return known;
        }

        if (_circuits.Count >= MostCircuits)
        {
            foreach (var idle in _circuits.Where(entry => entry.Value.IsIdle(now)).Select(entry => entry.Key).ToArray())
            {
                _circuits.Remove(idle);
            }
        }

        return _circuits[Key(country, account)] = new Circuit(options);
    }

    private bool IsShared(string country, string account, TimeSpan now)
    {
        if (!_senders.TryGetValue(country, out var accounts))
        {
            _senders[country] = accounts = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        }

        accounts[account] = now;
        if (accounts.Count > MostCircuits)
        {
            accounts.Remove(accounts.MinBy(entry => entry.Value).Key);
        }

        return accounts.Any(entry => entry.Key != account && now - entry.Value <= Senders);
    }

    private static (string Country, string Account) Key(string country, string account) => (country.ToUpperInvariant(), account);
}

/// <summary>A call that the circuits let through; one that probes decides whether its circuit closes.</summary>
internal sealed record CircuitCall(string Country, string Account, string Number, bool IsShared, bool ProbesEverybody, bool ProbesOwn)
{
    /// <summary>Without the number.</summary>
    public override string ToString() => $"CircuitCall({Country})";
}

/// <summary>
/// The circuit of one provider, to one destination country or of one account there. What counts are phone numbers, each once with its
/// latest outcome: it opens when enough of them failed within the window, and in a circuit that several accounts share only when those
/// belong to several. After the break one call probes: success closes it, and a number that had not failed yet opens it again. Not safe
/// for threads.
/// </summary>
internal sealed class Circuit(CircuitOptions options)
{
    /// <summary>Numbers that must have failed, whatever the options say.</summary>
    private const int FewestNumbers = 5;

    private const int FewestForPruning = 64;

    private readonly Dictionary<string, Outcome> _numbers = new(StringComparer.Ordinal);
    private TimeSpan? _openUntil;
    private bool _probing;
    private int _pruneAt = FewestForPruning;

    /// <summary>Whether calls are passed over at that time: during the break, and while a probe is under way.</summary>
    public bool IsOpen(TimeSpan now) => _openUntil is { } until && (now < until || _probing);

    /// <summary>Whether nothing in it counts any more.</summary>
    public bool IsIdle(TimeSpan now) => _openUntil is null && _numbers.Values.All(outcome => IsOver(outcome, now));

    /// <summary>Lets one more call through a circuit that is not open. True where that call probes.</summary>
    public bool Enter() => _probing = _openUntil is not null;

    public TimeSpan Left(TimeSpan now) => _openUntil is { } until && until > now ? until - now : TimeSpan.Zero;

    /// <summary>Notes how a call ended. True where that opened the circuit or closed it.</summary>
    /// <param name="isProbe">What <see cref="Enter"/> said to it.</param>
    /// <param name="failed">Whether it failed; null where that says nothing.</param>
    /// <param name="isShared">Several accounts send there: the failures of one open nothing.</param>
    public bool Note(bool isProbe, string number, string account, bool? failed, bool isShared, TimeSpan now)
    {
        if (isProbe)
        {
            _probing = false;
        }

        if (failed is not { } hasFailed)
        {
            return false;
        }

        var isNew = !_numbers.TryGetValue(number, out var before) || !before.Failed || IsOver(before, now);
        _numbers[number] = new Outcome(account, hasFailed, now);
        if (isProbe)
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

/// <summary>Shows which providers are passed over at present, whenever somebody looks.</summary>
internal sealed class CircuitGauge(IEnumerable<IProvider> providers) : IHostedService, IDisposable
{
    private readonly Meter _meter = new(Meters.Name);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _meter.CreateObservableGauge(
            "flashfunctions.circuit.open",
            Measure,
            "{circuit}",
            "1 for a provider and country while their circuit is open; 0 for a provider without an open one.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Measure() => providers.SelectMany(provider => provider.OpenCountries is { Count: > 0 } open
        ? open.Select(country => new Measurement<int>(1, new("provider", provider.Name), new("country", country)))
        : [new Measurement<int>(0, new KeyValuePair<string, object?>("provider", provider.Name))]);
}
