using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Accounts;

/// <summary>The table of tokens, by key id.</summary>
public sealed class TokenStore([FromKeyedServices(TableNames.Tokens)] ITable table, ServiceKey key)
{
    private const string Purpose = "token";

    private static readonly RowFormat<AccessToken> Format = RowFormat.Json(AccountJson.Default.AccessToken);

    /// <summary>Reads a token.</summary>
    public async Task<AccessToken?> ReadAsync(string keyId, CancellationToken cancellationToken) =>
        (await table.ReadAsync(Format, TableKeys.Token(keyId), cancellationToken))?.Value;

    /// <summary>Adds a token; false when the key id is taken.</summary>
    public async Task<bool> AddAsync(AccessToken token, CancellationToken cancellationToken) =>
        await table.InsertAsync(Format.ToRow(TableKeys.Token(token.KeyId), token), cancellationToken) is not null;

    /// <summary>Turns a token on or off. The token as it is now, or null where there is none.</summary>
    public Task<AccessToken?> SetActiveAsync(string keyId, bool active, CancellationToken cancellationToken) =>
        table.UpdateAsync(Format, TableKeys.Token(keyId), token => token with { IsActive = active }, cancellationToken);

    /// <summary>Deletes a token, if it is there.</summary>
    public Task DeleteAsync(string keyId, CancellationToken cancellationToken) =>
        table.DeleteAsync(TableKeys.Token(keyId), null, cancellationToken);

    /// <summary>The keyed hash under which a secret is kept.</summary>
    public string HashOf(string keyId, string secret) => key.Hash(Purpose, keyId, secret);

    /// <summary>Whether it is the token's secret, in constant time.</summary>
    public bool IsSecret(AccessToken token, string secret) => key.Matches(token.SecretHash, Purpose, token.KeyId, secret);

    /// <summary>Stores the secret's hash under the current service key, where it is under an earlier one; false where it is not.</summary>
    public async Task<bool> RenewAsync(AccessToken token, string secret, CancellationToken cancellationToken)
    {
        if (!key.IsReplacing)
        {
            return false;
        }

        var hash = HashOf(token.KeyId, secret);
        if (token.SecretHash == hash)
        {
            return false;
        }

        var (_, isRenewed) = await table.UpdateAsync(
            Format,
            TableKeys.Token(token.KeyId),
            current => current?.SecretHash == token.SecretHash ? (current with { SecretHash = hash }, true) : (current, false),
            cancellationToken);
        return isRenewed;
    }
}
