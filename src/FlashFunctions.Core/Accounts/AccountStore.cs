using System.Text.Json;
using System.Text.Json.Serialization;
using FlashFunctions.Core.Security;
using FlashFunctions.Core.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace FlashFunctions.Core.Accounts;

/// <summary>The tables of accounts and tokens.</summary>
public sealed class AccountStore(
    [FromKeyedServices(TableNames.Accounts)] ITable accounts, [FromKeyedServices(TableNames.Tokens)] ITable tokens, ServiceKey key)
{
    private const string Data = "Data";

    /// <summary>Reads an account.</summary>
    public async Task<Account?> ReadAccountAsync(string id, CancellationToken cancellationToken)
    {
        var at = TableKeys.Account(id);
        var row = await accounts.ReadAsync(at.Partition, at.Row, cancellationToken);
        return row is null ? null : JsonSerializer.Deserialize(row.Text(Data)!, AccountJson.Default.Account);
    }

    /// <summary>Reads a token by its key id.</summary>
    public async Task<AccessToken?> ReadTokenAsync(string keyId, CancellationToken cancellationToken)
    {
        var at = TableKeys.Token(keyId);
        var row = await tokens.ReadAsync(at.Partition, at.Row, cancellationToken);
        return row is null ? null : JsonSerializer.Deserialize(row.Text(Data)!, AccountJson.Default.AccessToken);
    }

    /// <summary>Adds an account; false when the id is taken.</summary>
    public async Task<bool> AddAccountAsync(Account account, CancellationToken cancellationToken)
    {
        var row = ToRow(TableKeys.Account(account.Id), JsonSerializer.Serialize(account, AccountJson.Default.Account));
        return await accounts.InsertAsync(row, cancellationToken) is not null;
    }

    /// <summary>Adds a token; false when the key id is taken.</summary>
    public async Task<bool> AddTokenAsync(string account, string keyId, string secret, CancellationToken cancellationToken)
    {
        var token = new AccessToken { KeyId = keyId, Account = account, SecretHash = HashOf(keyId, secret) };
        var row = ToRow(TableKeys.Token(keyId), JsonSerializer.Serialize(token, AccountJson.Default.AccessToken));
        return await tokens.InsertAsync(row, cancellationToken) is not null;
    }

    /// <summary>The keyed hash under which a secret is kept.</summary>
    public string HashOf(string keyId, string secret) => key.Hash("token", keyId, secret);

    private static Row ToRow(TableKey at, string json) =>
        new(at.Partition, at.Row, new Dictionary<string, object?>(StringComparer.Ordinal) { [Data] = json });
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(AccessToken))]
internal sealed partial class AccountJson : JsonSerializerContext;
