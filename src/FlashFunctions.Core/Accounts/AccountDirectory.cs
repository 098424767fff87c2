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

/// <summary>
/// Finds accounts and authenticates callers. Accounts and tokens, also ones that do not exist, are remembered for a minute: that is how
/// long a change may take to be seen by other instances.
/// </summary>
public sealed class AccountDirectory
{
    private readonly TokenStore _tokenStore;
    private readonly RateLimits _rates;
    private readonly Remembered<AccessToken> _tokens;
    private readonly Remembered<Account> _accounts;

    public AccountDirectory(AccountStore accounts, TokenStore tokens, DevelopmentAccount development, RateLimits rates, TimeProvider time)
    {
        (_tokenStore, _rates) = (tokens, rates);
        _tokens = new(
            async (keyId, token) => development.Token(tokens) is { } own && own.KeyId == keyId ? own : await tokens.ReadAsync(keyId, token), time);
        _accounts = new(
            async (id, token) => development.IsOn && id == DevelopmentAccount.Id ? development.Account : await accounts.ReadAsync(id, token), time);
    }

    /// <summary>The account behind a key id and secret, within its rate.</summary>
    public async Task<Caller> AuthenticateAsync(Credentials? credentials, CancellationToken cancellationToken)
    {
        if (credentials is null
            || await _tokens.GetAsync(credentials.KeyId, cancellationToken) is not { } token
            || !_tokenStore.IsSecret(token, credentials.Secret))
        {
            return new Caller.Refused(Problem.AuthenticationRequired);
        }

        if (await _tokenStore.RenewAsync(token, credentials.Secret, cancellationToken))
        {
            ForgetToken(token.KeyId);
        }

        if (!token.IsActive)
        {
            return new Caller.Refused(Problem.InactiveToken);
        }

        if (await FindAsync(token.Account, cancellationToken) is not { IsActive: true } account)
        {
            return new Caller.Refused(Problem.InactiveAccount);
        }

        return _rates.Take(account) is { } wait
            ? new Caller.Refused(Problem.TooManyRequests(wait))
            : new Caller.Known(account with { CallKeyId = token.KeyId });
    }

    /// <summary>An account by its id, active or not; null where there is none.</summary>
    public ValueTask<Account?> FindAsync(string id, CancellationToken cancellationToken) => _accounts.GetAsync(id, cancellationToken);

    /// <summary>A token by its key id, in force or not; null where there is none.</summary>
    public ValueTask<AccessToken?> FindTokenAsync(string keyId, CancellationToken cancellationToken) =>
        _tokens.GetAsync(keyId, cancellationToken);

    /// <summary>Forgets what was remembered of an account, after a change to it.</summary>
    public void ForgetAccount(string id) => _accounts.Forget(id);

    /// <summary>Forgets what was remembered of a token, after a change to it.</summary>
    public void ForgetToken(string keyId) => _tokens.Forget(keyId);
}
