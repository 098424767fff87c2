namespace FlashFunctions.Core.Accounts;

/// <summary>Who is calling.</summary>
public abstract record Caller
{
    private Caller() { }

    public sealed record Known(Account Account) : Caller;

    /// <summary>Not let in.</summary>
    /// <param name="Reason">What failed, in a word for the security log; null where the account's rate refused it.</param>
    /// <param name="Account">The account's id, where the token is known.</param>
    /// <param name="KeyId">The token's key id, where there is such a token.</param>
    public sealed record Refused(Problem Problem, string? Reason, string? Account = null, string? KeyId = null) : Caller;
}

/// <summary>
/// Finds accounts and authenticates callers. Accounts and tokens, also ones that do not exist, are cached for a minute: a change takes at
/// most that long to reach other instances.
/// </summary>
public sealed class AccountDirectory(
    AccountStore accounts, TokenStore tokens, DevelopmentAccount development, RateLimits rates, TimeProvider time)
{
    /// <summary>Of key ids that this instance does not know, 200 are looked up at once, and 100 a second.</summary>
    private static readonly TimeSpan LookUp = TimeSpan.FromMilliseconds(10);

    private readonly TimeBudget _lookUps = new(200 * LookUp);
    private readonly TimedCache<AccessToken> _tokens = new(tokens.ReadAsync, time);

    private readonly TimedCache<Account> _accounts = new(
        async (id, token) => development.IsOn && id == DevelopmentAccount.Id ? development.Account : await accounts.ReadAsync(id, token),
        time);

    /// <summary>The account behind a key id and secret, within its rate.</summary>
    public async Task<Caller> AuthenticateAsync(Credentials? credentials, CancellationToken cancellationToken)
    {
        if (credentials is null)
        {
            return new Caller.Refused(Problem.AuthenticationRequired, "no_credentials");
        }

        if (!MayLookUp(credentials.KeyId))
        {
            return new Caller.Refused(Problem.Unavailable(), "too_many_unknown_keys");
        }

        if (await FindTokenAsync(credentials.KeyId, cancellationToken) is not { } token)
        {
            return new Caller.Refused(Problem.AuthenticationRequired, "unknown_key");
        }

        if (!tokens.IsSecret(token, credentials.Secret))
        {
            return new Caller.Refused(Problem.AuthenticationRequired, "wrong_secret", token.Account, token.KeyId);
        }

        if (await tokens.RenewAsync(token, credentials.Secret, cancellationToken))
        {
            ForgetToken(token.KeyId);
        }

        if (!token.IsActive)
        {
            return new Caller.Refused(Problem.InactiveToken, "inactive_token", token.Account, token.KeyId);
        }

        if (await FindAsync(token.Account, cancellationToken) is not { IsActive: true } account)
        {
            return new Caller.Refused(Problem.InactiveAccount, "inactive_account", token.Account, token.KeyId);
        }

        return rates.Take(account) is { } wait
            ? new Caller.Refused(Problem.TooManyRequests(wait), Reason: null, account.Id, token.KeyId)
            : new Caller.Known(account with { CallKeyId = token.KeyId, CallMayBeTrusted = token.MayTrust });
    }

    /// <summary>Whether another look-up of an unknown key id is allowed. A key id that cannot be ours needs none.</summary>
    private bool MayLookUp(string keyId)
    {
        if (!KeyIds.MayBeOurs(keyId) || _tokens.Knows(keyId))
        {
            return true;
        }

        lock (_lookUps)
        {
            var now = time.GetUtcNow();
            if (_lookUps.IsSpent(now))
            {
                return false;
            }

            _lookUps.Take(LookUp, now);
            return true;
        }
    }

    /// <summary>An account by its id, active or not; null where there is none.</summary>
    public ValueTask<Account?> FindAsync(string id, CancellationToken cancellationToken) => _accounts.GetAsync(id, cancellationToken);

    /// <summary>A token by its key id, in force or not; null where there is none.</summary>
    public async ValueTask<AccessToken?> FindTokenAsync(string keyId, CancellationToken cancellationToken) =>
        development.Token(keyId, tokens)
        ?? (KeyIds.MayBeOurs(keyId) ? await _tokens.GetAsync(keyId, cancellationToken) : null);

    public void ForgetAccount(string id) => _accounts.Forget(id);

    public void ForgetToken(string keyId) => _tokens.Forget(keyId);
}
