using System.Collections.Concurrent;
using FlashFunctions.Core.Requests;
using FlashFunctions.Core.Security;

namespace FlashFunctions.Core.Accounts;

/// <summary>Who is calling.</summary>
public abstract record Caller
{
    private Caller()
    {
    }

    public sealed record Known(Account Account) : Caller;

    public sealed record Refused(Problem Problem) : Caller;
}

/// <summary>Authenticates callers. Accounts and tokens, also ones that do not exist, are remembered for a minute.</summary>
public sealed class AccountDirectory(AccountStore store, DevelopmentAccount development, RateLimits rates, TimeProvider time)
{
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The account behind a key id and secret, within its rate.</summary>
    public async Task<Caller> AuthenticateAsync(Credentials? credentials, CancellationToken cancellationToken)
    {
        if (credentials is null)
        {
            return new Caller.Refused(Problem.AuthenticationRequired);
        }

        var entry = await FindAsync(credentials.KeyId, cancellationToken);
        if (entry.Token is not { } token || !CodeKeys.Same(token.SecretHash, store.HashOf(credentials.KeyId, credentials.Secret)))
        {
            return new Caller.Refused(Problem.AuthenticationRequired);
        }

        if (!token.IsActive)
        {
            return new Caller.Refused(Problem.InactiveToken);
        }

        if (entry.Account is not { IsActive: true } account)
        {
            return new Caller.Refused(Problem.InactiveAccount);
        }

        return rates.Take(account) is { } wait ? new Caller.Refused(Problem.TooManyRequests(wait)) : new Caller.Known(account);
    }

    /// <summary>Forgets what was remembered of a key id, after a change to it.</summary>
    public void Forget(string keyId) => _entries.TryRemove(keyId, out _);

    private async ValueTask<Entry> FindAsync(string keyId, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_entries.TryGetValue(keyId, out var known) && known.Until > now)
        {
            return known;
        }

        if (_entries.Count >= MostRemembered)
        {
            _entries.Clear();
        }

        return _entries[keyId] = await ReadAsync(keyId, now + Remembered, cancellationToken);
    }

    private async Task<Entry> ReadAsync(string keyId, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (development.Token(store) is { } token && token.KeyId == keyId)
        {
            return new Entry(token, DevelopmentAccount.Account, until);
        }

        var stored = await store.ReadTokenAsync(keyId, cancellationToken);
        return new Entry(stored, stored is null ? null : await store.ReadAccountAsync(stored.Account, cancellationToken), until);
    }

    private sealed record Entry(AccessToken? Token, Account? Account, DateTimeOffset Until);
}
