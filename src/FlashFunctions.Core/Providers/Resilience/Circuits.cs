using FlashFunctions.Core.Accounts;

namespace FlashFunctions.Core.Providers.Resilience;

/// <summary>
/// The circuits of one provider: one a destination country for everybody, and one an account there, so that an account whose calls keep failing
/// is passed over without touching the others, and without its steps going from provider to provider each time.
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

    /// <summary>The countries whose circuit is open for everybody.</summary>
    public IReadOnlyList<string> OpenCountries
    {
        get
        {
            lock (_lock)
            {
                return [.. _circuits.Where(entry => entry.Key.Account.Length == 0 && entry.Value.IsOpen(Now)).Select(entry => entry.Key.Country).Order(StringComparer.Ordinal)];
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
            var everybody = Of(country, "", now);
            var own = Of(country, account, now);
            stayAway = everybody.Left(now) > own.Left(now) ? everybody.Left(now) : own.Left(now);
            if (everybody.IsOpen(now) || (own != everybody && own.IsOpen(now)))
            {
                return null;
            }

            var isShared = IsShared(country, account, now);
            var entry = everybody.Enter(now);
            return new CircuitCall(country, account, number, isShared, entry, own == everybody ? entry : own.Enter(now));
        }
    }

    /// <summary>Notes how a call ended: null where that says nothing of the provider. Says whether the circuit for everybody opened or closed.</summary>
    public CircuitChange Note(CircuitCall call, bool? failed)
    {
        lock (_lock)
        {
            var now = Now;
            var everybody = Of(call.Country, "", now);
            var own = Of(call.Country, call.Account, now);
            var changed = everybody.Note(call.Everybody, call.Number, call.Account, failed, call.IsShared, now);
            if (own != everybody)
            {
                own.Note(call.Own, call.Number, call.Account, failed, isShared: false, now);
            }

            return !changed ? CircuitChange.None : everybody.IsOpen(now) ? CircuitChange.Opened : CircuitChange.Closed;
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

/// <summary>A call that the circuits let through.</summary>
internal sealed record CircuitCall(string Country, string Account, string Number, bool IsShared, CircuitEntry Everybody, CircuitEntry Own)
{
    /// <summary>Without the number.</summary>
    public override string ToString() => $"CircuitCall({Country})";
}

/// <summary>What an outcome made of the circuit for everybody.</summary>
internal enum CircuitChange
{
    None,
    Opened,
    Closed,
}
