using System.Text.Json;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Accounts;

/// <summary>The table of tokens, by key id.</summary>
public sealed class TokenStore([FromKeyedServices(TableNames.Tokens)] ITable table, ServiceKey key)
{
    private const string Data = "Data";
    private const string Purpose = "token";
    private const int MaxTries = 10;

    /// <summary>Reads a token.</summary>
    public async Task<AccessToken?> ReadAsync(string keyId, CancellationToken cancellationToken) =>
        (await ReadStoredAsync(keyId, cancellationToken))?.Value;

    /// <summary>Adds a token; false when the key id is taken.</summary>
    public async Task<bool> AddAsync(AccessToken token, CancellationToken cancellationToken) =>
        await table.InsertAsync(ToRow(token, null), cancellationToken) is not null;

    /// <summary>Turns a token on or off. The token as it is now, or null where there is none.</summary>
    public async Task<AccessToken?> SetActiveAsync(string keyId, bool active, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (await ReadStoredAsync(keyId, cancellationToken) is not { } stored)
            {
                return null;
            }

            var after = stored.Value with { IsActive = active };
            if (await table.ReplaceAsync(ToRow(after, stored.ETag), cancellationToken) is not null)
            {
                return after;
            }
        }

        throw new StorageUnavailableException("A token stayed contended.");
    }

    /// <summary>Deletes a token, if it is there.</summary>
    public Task DeleteAsync(string keyId, CancellationToken cancellationToken)
    {
        var at = TableKeys.Token(keyId);
        return table.DeleteAsync(at, null, cancellationToken);
    }

    /// <summary>The keyed hash under which a secret is kept.</summary>
    public string HashOf(string keyId, string secret) => key.Hash(Purpose, keyId, secret);

    /// <summary>Whether it is the token's secret, in constant time.</summary>
    public bool IsSecret(AccessToken token, string secret) => key.Matches(token.SecretHash, Purpose, token.KeyId, secret);

    /// <summary>Keeps the secret's hash under the service key in use, where it is under one before.</summary>
    public async Task<bool> RenewAsync(AccessToken token, string secret, CancellationToken cancellationToken)
    {
        if (!key.IsReplacing)
        {
            return false;
        }

        var hash = HashOf(token.KeyId, secret);
        return token.SecretHash != hash
            && await ReadStoredAsync(token.KeyId, cancellationToken) is { } stored
            && stored.Value.SecretHash == token.SecretHash
            && await table.ReplaceAsync(ToRow(stored.Value with { SecretHash = hash }, stored.ETag), cancellationToken) is not null;
    }

    private async Task<Stored<AccessToken>?> ReadStoredAsync(string keyId, CancellationToken cancellationToken)
    {
        var at = TableKeys.Token(keyId);
        var row = await table.ReadAsync(at, cancellationToken);
        return row is null
            ? null
            : new Stored<AccessToken>(JsonSerializer.Deserialize(row.Text(Data)!, AccountJson.Default.AccessToken)!, row.ETag!);
    }

    private static Row ToRow(AccessToken token, string? etag)
    {
        var at = TableKeys.Token(token.KeyId);
        var json = JsonSerializer.Serialize(token, AccountJson.Default.AccessToken);
        return new Row(at, new Dictionary<string, object?>(StringComparer.Ordinal) { [Data] = json }, etag);
    }
}
